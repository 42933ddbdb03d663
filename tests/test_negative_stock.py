# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import InsufficientStockError
from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestNegativeStock(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.backorder_responsible_id = cls.users["manager"]
        cls.customers = cls.env.ref("stock.stock_location_customers")

    def _deliver(self, product, quantity, source=None, **values):
        picking = self._create_picking(
            self.warehouse.out_type_id,
            source or self.stock,
            self.customers,
            (product, quantity),
            **values,
        )
        self._validate(picking, quantity)
        return picking

    # ------------------------------------------------------------------
    # Allowed
    # ------------------------------------------------------------------

    def test_allowed_goes_below_zero_on_the_same_quant(self):
        """A2: the negative balance stays on one row, and rises again on it."""
        self._set_stock(self.backorderable, 3)
        quant = self._get_quants(self.backorderable)
        self._deliver(self.backorderable, 5)
        self._deliver(self.backorderable, 2)
        self.assertEqual(self._get_quants(self.backorderable), quant)
        self.assertEqual(quant.quantity, -4)
        self._receive(self.backorderable, 10)
        self.assertEqual(self._get_quants(self.backorderable), quant)
        self.assertEqual(quant.quantity, 6)

    def test_event_for_every_decrement_below_zero(self):
        """A4: each decrement logs inventory.backordered with its payload."""
        self._set_stock(self.backorderable, 3)
        first = self._deliver(self.backorderable, 5)
        self._deliver(self.backorderable, 2)
        events = self._get_events(
            "inventory.backordered", product_id=self.backorderable
        )
        self.assertEqual([event.payload["new_stock"] for event in events], [-4, -2])
        payload = events[1].payload
        self.assertEqual(payload["variant_id"], self.backorderable.id)
        self.assertEqual(payload["inventory_item_id"], self.backorderable.id)
        self.assertEqual(payload["location_id"], self.stock.id)
        self.assertEqual(payload["delta"], -5)
        self.assertEqual(events[1].trigger_source, f"delivery:{first.name}")

    def test_no_event_above_zero(self):
        """A4: a decrement that ends at zero or above logs nothing."""
        self._set_stock(self.backorderable, 3)
        self._deliver(self.backorderable, 3)
        self.assertFalse(self._get_events("inventory.backordered"))

    def test_responsible_gets_one_activity(self):
        """A4: one activity is scheduled and kept up to date."""
        self._deliver(self.backorderable, 5)
        self._deliver(self.backorderable, 2)
        activity = self.backorderable.product_tmpl_id.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.users["manager"])
        self.assertIn("-7.0", activity.note)

    def test_policy_of_a_location_decides(self):
        """A1, A2: one location may go below zero, another may not."""
        self.env["stock.policy"].create(
            {
                "product_id": self.protected.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.shelf.id,
                "allow_backorder": "yes",
            }
        )
        self._deliver(self.protected, 2, self.shelf)
        self.assertEqual(self._get_quants(self.protected, self.shelf).quantity, -2)
        with self.assertRaises(InsufficientStockError):
            self._deliver(self.protected, 2)

    # ------------------------------------------------------------------
    # Not allowed
    # ------------------------------------------------------------------

    def test_refusal_message(self):
        """A3: product, location, requested and available; nothing has changed."""
        other = self._create_product("Other")
        self._set_stock(self.protected, 3)
        picking = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.customers,
            (self.protected, 5),
            (other, 1),
        )
        picking.move_ids[0].quantity = 5
        picking.move_ids[1].quantity = 1
        with self.assertRaises(InsufficientStockError) as caught:
            self._validate(picking)
        message = str(caught.exception)
        for part in (
            "Protected",
            self.stock.display_name,
            "requested 5.0, available 3.0",
            "Other",
            "requested 1.0, available 0.0",
        ):
            self.assertIn(part, message)
        self.assertNotEqual(picking.state, "done")
        self.assertEqual(self._get_quants(self.protected).quantity, 3)
        self.assertFalse(self._get_events("inventory.backordered"))

    def test_every_caller_is_refused(self):
        """A3: a delivery, a scrap order and a transfer."""
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.protected.id,
                "scrap_qty": 1,
                "location_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        with self.assertRaises(InsufficientStockError):
            scrap.do_scrap()
        transfer = self._create_picking(
            self.warehouse.int_type_id, self.stock, self.shelf, (self.protected, 1)
        )
        with self.assertRaises(InsufficientStockError):
            self._validate(transfer, 1)

    def test_done_line_raised(self):
        """A3: increasing a done delivery is a decrement as well."""
        self._set_stock(self.protected, 3)
        picking = self._deliver(self.protected, 3)
        with self.assertRaises(InsufficientStockError):
            picking.move_line_ids.quantity = 4
        self.assertEqual(picking.move_line_ids.quantity, 3)

    def test_line_added_to_done_transfer(self):
        """A3: so is a line added to a done transfer."""
        self._set_stock(self.protected, 3)
        picking = self._deliver(self.protected, 3)
        with self.assertRaises(InsufficientStockError):
            picking.move_line_ids = [
                Command.create(
                    {
                        "product_id": self.protected.id,
                        "quantity": 1,
                        "location_id": self.stock.id,
                        "location_dest_id": self.customers.id,
                    }
                )
            ]

    def test_sum_at_the_end_counts(self):
        """A3: lines may go below zero in between if the sum does not."""
        self._set_stock(self.protected, 3)
        out_and_back = self._create_picking(
            self.warehouse.int_type_id, self.stock, self.shelf, (self.protected, 3)
        )
        back = self.env["stock.move"].create(
            {
                "product_id": self.protected.id,
                "product_uom_qty": 2,
                "location_id": self.shelf.id,
                "location_dest_id": self.stock.id,
                "picking_type_id": self.warehouse.int_type_id.id,
            }
        )
        back._action_confirm()
        moves = back | out_and_back.move_ids
        back.quantity, out_and_back.move_ids.quantity = 2, 3
        moves.picked = True
        moves._action_done()
        self.assertEqual(self._get_quants(self.protected).quantity, 2)

    def test_existing_negative_is_tolerated_not_worsened(self):
        """A3: stock below zero may rise, but not fall further."""
        self._force_stock(self.protected, -5)
        self._receive(self.protected, 2)
        self.assertEqual(self._get_quants(self.protected).quantity, -3)
        with self.assertRaises(InsufficientStockError):
            self._deliver(self.protected, 1)

    def test_lots_and_owners_are_separate(self):
        """A3: the stock of one lot does not cover another lot."""
        product = self._create_product("Tracked", tracking="lot")
        full, empty = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in ("full", "empty")]
        )
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock, 5, lot_id=full
        )
        picking = self._create_picking(
            self.warehouse.out_type_id, self.stock, self.customers, (product, 2)
        )
        picking.move_line_ids.lot_id = empty
        with self.assertRaisesRegex(InsufficientStockError, "empty"):
            self._validate(picking)

    # ------------------------------------------------------------------
    # Phases
    # ------------------------------------------------------------------

    def test_monitor_and_approve_phases_record(self):
        """B9, A3: before the enforce phase Odoo's behaviour is unchanged and logged."""
        for phase, balance in (("dark", -1), ("soft", -2)):
            self.company.promise_phase = phase
            notices = self.env["bus.bus"].search_count([])
            self._deliver(self.protected, 1)
            event = self._get_events("inventory.oversold", product_id=self.protected)[0]
            self.env.cr.precommit.run()
            warned = (
                self.env["bus.bus"]
                .search([])[notices:]
                .filtered(lambda notice: "below zero" in notice.message)
            )
            self.assertEqual(bool(warned), phase == "soft")
            self.assertEqual(event.payload["new_stock"], balance)

    def test_protected_is_checked_before_and_at_the_decrement(self):
        """A7: the order is refused, and so is the delivery, in the chosen location."""
        second = self._create_warehouse("Second", "WH2")
        self._set_stock(self.protected, 5, second.lot_stock_id)
        order = self._create_order((self.protected, 1), warehouse_id=self.warehouse.id)
        with self.assertRaisesRegex(Exception, "available 0.0"):
            order.action_confirm()
        order = self._confirm((self.protected, 5), warehouse_id=second.id)
        self.assertEqual(order.backorder_state, "allocated")


@tagged("post_install", "-at_install")
class TestBesideNoNegativeStock(BackorderCommon):
    """An addon such as stock_no_negative has its own constraint and settings."""

    @contextmanager
    def _refusing_below_zero(self, allowed=()):
        """Refuse quantities below zero, as that addon does.

        :param allowed: the products that may go below zero
        """
        quant_class = self.env.registry["stock.quant"]
        original = quant_class._validate_fields
        refusal = "The stock level would become negative"

        def validate(quants, names, excluded_names=()):
            original(quants, names, excluded_names)
            if "quantity" in names and quants.filtered(
                lambda quant: (
                    quant.location_id.usage in ("internal", "transit")
                    and quant.product_id not in allowed
                    and quant.product_uom_id.compare(quant.quantity, 0) < 0
                )
            ):
                raise ValidationError(refusal)

        with patch.object(quant_class, "_validate_fields", validate):
            yield

    def test_addon_that_refuses_negative_stock_decides_last(self):
        """A2, B3: the order is promised; its delivery is possible once there is
        stock."""
        self._set_stock(self.backorderable, 1)
        with self._refusing_below_zero():
            delivery = self._confirm((self.backorderable, 3)).picking_ids
            with self.assertRaisesRegex(ValidationError, "become negative"):
                self._validate(delivery, 3)
            self.assertEqual(self._get_quants(self.backorderable).quantity, 1)
            self.assertFalse(self._get_events("inventory.backordered"))
            self._receive(self.backorderable, 2)
            self._validate(delivery, 3)
        self.assertEqual(delivery.state, "done")
        self.assertEqual(self._get(self.backorderable), 0)

    def test_addon_that_allows_negative_stock_as_well(self):
        """A2: if both allow it, the delivery goes below zero."""
        with self._refusing_below_zero(self.backorderable):
            delivery = self._confirm((self.backorderable, 3)).picking_ids
            self._validate(delivery, 3)
        self.assertEqual(self._get_quants(self.backorderable).quantity, -3)

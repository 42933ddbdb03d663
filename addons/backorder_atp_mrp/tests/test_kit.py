# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp.models.product_product import ProductProduct
from odoo.addons.backorder_atp.tests.common import BackorderCommon

from ..hooks import post_init_hook


class KitCommon(BackorderCommon):
    """A kit of two wheels and one frame."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wheel = cls._create_product("Wheel")
        cls.frame = cls._create_product("Frame")
        cls.kit = cls.env["product.product"].create({"name": "Bicycle Kit"})
        cls.bom = cls._create_kit(cls.kit, (cls.wheel, 2), (cls.frame, 1))
        cls._set_stock(cls.wheel, 10)
        cls._set_stock(cls.frame, 3)

    @classmethod
    def _create_kit(cls, kit, *components):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                    for product, quantity in components
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestKit(KitCommon):
    def test_scarcest_component_limits_the_kits(self):
        """B1: as many kits are available as the frames allow."""
        self.assertEqual(self._get(self.kit), 3)
        self._set_stock(self.wheel, 4)
        self.assertEqual(self._get(self.kit), 2)

    def test_kits_without_this_addon(self):
        """B1: kits are not checked while their components are unknown."""
        self.kit.is_storable = True
        products, lines = type(self.kit), type(self.env["sale.order.line"])
        with (
            patch.object(products, "_is_left_to_odoo", ProductProduct._is_left_to_odoo),
            patch.object(products, "_get_kits", lambda self, company: {}),
            patch.object(lines, "_get_delivered_bom", lambda self: None),
        ):
            order = self._confirm((self.kit, 5))
        self.assertEqual(order.picking_ids.move_ids.product_id, self.wheel | self.frame)
        with self.assertRaises(OrderValidationError):
            self._confirm((self.kit, 5))

    def test_kits_on_backorder_before_the_installation(self):
        """C1: the installation finds open orders of kits on backorder."""
        (self.wheel | self.frame).allow_backorder = "yes"
        order = self._confirm((self.kit, 5))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET backorder_state = 'none', backordered_since = NULL"
            " WHERE id = %s",
            [order.id],
        )
        self.env.invalidate_all()
        post_init_hook(self.env)
        self.assertEqual(order.backorder_state, "partially_allocated")
        self.assertTrue(order.backordered_since)

    def _ask(self, order):
        self.company.promise_alternatives = "ask"
        rows = order.get_promise_alternatives()[str(order.id)]
        return {(row["kind"], row["warehouse_id"]): row for row in rows}

    def test_alternatives_of_a_kit(self):
        """B12: the scarcest component limits every warehouse; kits are not split."""
        north = self._create_warehouse("North", "NO")
        self._set_stock(self.wheel, 8, north.lot_stock_id)
        self._set_stock(self.frame, 9, north.lot_stock_id)
        order = self._create_order((self.kit, 4), warehouse_id=self.warehouse.id)
        rows = self._ask(order)
        self.assertEqual(rows["own", self.warehouse.id]["available_qty"], 3)
        self.assertEqual(rows["warehouse", north.id]["available_qty"], 4)
        self.assertNotIn("split", [kind for kind, _warehouse in rows])
        order.order_line.action_move_to_warehouse(north.id)
        order.action_confirm()
        self.assertEqual(order.picking_ids.location_id, north.lot_stock_id)

    def test_kit_as_a_substitute(self):
        """B12: a kit can be a substitute as far as its components allow."""
        wanted = self._create_product("Wanted")
        self.env["product.substitute"].create(
            {
                "product_tmpl_id": wanted.product_tmpl_id.id,
                "substitute_id": self.kit.id,
            }
        )
        rows = self._ask(self._create_order((wanted, 4)))
        self.assertEqual(rows["substitute", self.warehouse.id]["available_qty"], 3)

    def test_refusal_names_the_component(self):
        """B3: the message lists the frame, not the kit."""
        with self.assertRaisesRegex(
            OrderValidationError, "Frame: requested 4.0, available 3.0"
        ):
            self._confirm((self.kit, 4))

    def test_kits_and_components_are_summed(self):
        """B3: two kits and seven wheels are eleven wheels."""
        with self.assertRaisesRegex(OrderValidationError, "Wheel: requested 7.0"):
            self._confirm((self.kit, 2), (self.wheel, 7))
        self.assertEqual(self._confirm((self.kit, 2), (self.wheel, 6)).state, "sale")

    def test_confirmed_kits_commit_their_components(self):
        """B1: less is available to the next order."""
        self._confirm((self.kit, 2))
        self.assertEqual(self._get(self.wheel), 6)
        self.assertEqual(self._get(self.kit), 1)

    def test_pending_kits_commit_their_components(self):
        """B4: a pending request commits the components, too."""
        self.company.shortage_policy = "pending"
        self._confirm((self.kit, 4))
        self.assertEqual(self._get(self.frame), -1)
        self.assertEqual(self._get(self.wheel), 2)

    def test_kit_is_backordered_in_kits_and_is_filled(self):
        """C1, C2: two of five are short of frames until frames arrive."""
        self.frame.allow_backorder = "yes"
        order = self._confirm((self.kit, 5))
        self.assertEqual(order.order_line.backorder_qty, 2)
        self.assertEqual(order.order_line.allocated_qty, 3)
        self.assertEqual(order.backorder_state, "partially_allocated")
        self._receive(self.frame, 2)
        self._run_retries()
        self.assertEqual(order.order_line.backorder_qty, 0)
        self.assertEqual(order.backorder_state, "allocated")

    def test_late_component_names_the_order_of_the_kit(self):
        """C5: the order that a late receipt of frames holds up."""
        self.frame.allow_backorder = "yes"
        order = self._confirm((self.kit, 5))
        receipt = self._create_receipt(self.frame, 2)
        receipt.scheduled_date = fields.Datetime.now() - timedelta(days=2)
        self.env.flush_all()
        self.assertEqual(receipt.backordered_order_ids, order)
        overview = self._as("manager", self.env["backorder.overview"]).get_overview()
        [line] = next(
            one["lines"] for one in overview["sections"] if one["key"] == "receipts"
        )
        self.assertEqual((line["id"], order.name in line["detail"]), (receipt.id, True))

    def test_backordered_kits_enqueue_for_their_components(self):
        """C2: a change of policy triggers a retry for kits, too."""
        self.frame.allow_backorder = "yes"
        self._confirm((self.kit, 5))
        self.retries.search([]).unlink()
        self.retries._enqueue_backordered(self.frame, self.warehouse, "test")
        self.assertIn(self.frame, self.retries.search([]).product_id)

    def test_kits_in_kits(self):
        """B3: a kit inside a kit is exploded, too."""
        pair = self.env["product.product"].create({"name": "Pair"})
        self._create_kit(pair, (self.kit, 2))
        self.assertEqual(self._get(pair), 1.5)
        self._confirm((pair, 1))
        self.assertEqual(self._get(self.frame), 1)

    def test_explained_by_components(self):
        """B17: each component with its own waterfall."""
        parts = self.availability.explain(self.kit.id, self.warehouse.ids)
        self.assertEqual(
            {part["product"] for part in parts},
            {self.wheel.display_name, self.frame.display_name},
        )

    def test_quotation_shows_kits(self):
        """B4: the quotation counts in kits."""
        order = self._create_order((self.kit, 4))
        self.assertEqual(order.order_line.promise_available_qty, 3)
        self.assertTrue(order.order_line.is_promise_short)

    def test_kit_and_its_component_on_one_quotation(self):
        """B4: each line excludes the quantity of the other one."""
        order = self._create_order((self.kit, 3), (self.wheel, 5))
        kits, wheels = order.order_line
        self.assertEqual(
            (kits.promise_available_qty, kits.is_promise_short), (3, False)
        )
        self.assertEqual(
            (wheels.promise_available_qty, wheels.is_promise_short), (4, True)
        )

    def test_whole_kits_are_shown(self):
        """B1, B4: five wheels make two bicycles, not two and a half."""
        self._set_stock(self.wheel, 5)
        order = self._create_order((self.kit, 1))
        self.assertEqual(order.order_line.promise_available_qty, 2)

    def test_bill_of_materials_of_many(self):
        """B1: three kits are made from one board, also in dozens."""
        board = self._create_product("Board")
        self._set_stock(board, 4)
        shelf = self.env["product.product"].create({"name": "Shelf Kit"})
        bom = self._create_kit(shelf, (board, 1))
        bom.product_qty = 3
        self.assertEqual(self._get(shelf), 12)
        dozen = self.env.ref("uom.product_uom_dozen")
        with self.assertRaisesRegex(OrderValidationError, "Board: requested 8.0"):
            self._confirm(
                {
                    "product_id": shelf.id,
                    "product_uom_qty": 2,
                    "product_uom_id": dozen.id,
                }
            )
        board.allow_backorder = "yes"
        order = self._confirm((shelf, 15))
        self.assertEqual(order.order_line.backorder_qty, 3)
        self.assertEqual(order.order_line.open_qty, 15)

    def test_kit_of_a_variant(self):
        """B1: each variant has the components of its own bill of materials."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Wheels",
                "value_ids": [
                    Command.create({"name": "Two"}),
                    Command.create({"name": "Three"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Cycle Kit",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        two, three = template.product_variant_ids
        for variant, wheels in ((two, 2), (three, 3)):
            bom = self._create_kit(variant, (self.wheel, wheels))
            bom.product_id = variant
        self.assertEqual(self._get(two), 5)
        self.assertEqual(round(self._get(three), 4), 3.3333)
        with self.assertRaisesRegex(OrderValidationError, "Wheel: requested 12.0"):
            self._confirm((three, 4))

    def test_component_bought_to_order(self):
        """B3: a make-to-order component is no shortage."""
        bell = self._create_bought_to_order()
        self.bom.bom_line_ids = [Command.create({"product_id": bell.id})]
        order = self._confirm((self.kit, 2))
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._get(self.frame), 1)

    def test_kit_of_consumables_needs_no_stock(self):
        """B3: also if the kit itself is storable."""
        glue = self.env["product.product"].create({"name": "Glue"})
        gift = self._create_product("Gift Kit")
        self._create_kit(gift, (glue, 1))
        self.assertEqual(self._confirm((gift, 5)).state, "sale")

    def test_each_company_has_its_kits(self):
        """B1: a bill of materials applies to its own company only."""
        self.bom.company_id = self.company
        self.kit.is_storable = True
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids = [Command.link(other.id)]
        theirs = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        rows = self.availability.get_availability(self.kit, self.warehouse | theirs)
        self.assertEqual(rows[self.kit.id, self.warehouse.id]["atp"], 3)
        self.assertEqual(rows[self.kit.id, theirs.id]["atp"], 0)
        parts = self.availability.explain(self.kit.id, (self.warehouse | theirs).ids)
        self.assertEqual(
            [part["product"] for part in parts],
            [
                self.wheel.display_name,
                self.frame.display_name,
                self.kit.display_name,
            ],
        )

    def test_partial_delivery_and_return_of_kits(self):
        """C1: complete kits count as delivered; returned goods are stock again."""
        order = self._confirm((self.kit, 3))
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = {self.wheel: 4, self.frame: 2}[move.product_id]
        self._validate(picking)
        line = order.order_line
        self.assertEqual((line.qty_delivered, line.open_qty), (2, 1))
        self.assertEqual((line.allocated_qty, line.backorder_qty), (3, 0))
        self.assertEqual(self._get(self.kit), 0)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        for returned in wizard.product_return_moves:
            returned.quantity = returned.move_id.quantity
            returned.to_refund = True
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._validate(back)
        self.assertEqual(line.qty_delivered, 0)
        self.assertEqual(self._get(self.kit), 2)
        self.assertEqual(order.reconcile()["rightCount"], 1)

    def test_confirmed_kits_can_be_changed(self):
        """B4: more or fewer kits on a confirmed order, in every phase; a surplus is
        refused."""
        self._set_stock(self.frame, 10)
        for phase in ("dark", "soft", "hard"):
            with self.subTest(phase=phase):
                self.company.promise_phase = phase
                order = self._confirm((self.kit, 2))
                for quantity in (4, 3, 3):
                    order.order_line.product_uom_qty = quantity
                    moves = order.picking_ids.move_ids.filtered(
                        lambda move: move.product_id == self.wheel
                    )
                    self.assertEqual(sum(moves.mapped("product_uom_qty")), 2 * quantity)
                order._action_cancel()
        order = self._confirm((self.kit, 2))
        with self.assertRaisesRegex(OrderValidationError, "Wheel: requested 8.0"):
            order.order_line.product_uom_qty = 6

    def test_order_with_backordered_kits_is_split(self):
        """C7: the ready line ships; the kits move to the backorder order."""
        self.kit.allow_backorder = "yes"
        (self.wheel | self.frame).allow_backorder = "yes"
        ready = self._create_product("Ready")
        self._set_stock(ready, 5)
        order = self._confirm((ready, 5), (self.kit, 10))
        result = order.split_backorder(True)
        child = self.env["sale.order"].browse(result["backorderOrderId"])
        self.assertEqual(child.order_line.product_id, self.kit)
        self.assertEqual(order.order_line.product_id, ready)

    def test_lowered_quotation_of_kits_keeps_fewer_components(self):
        """B1: a quotation pending approval commits its current quantity."""
        self.company.shortage_policy = "pending"
        order = self._create_order((self.kit, 20))
        order.action_confirm()
        self.assertEqual(self._get(self.wheel), 10 - 40)
        order.order_line.product_uom_qty = 1
        self.assertEqual(self._get(self.wheel), 8)
        self.assertEqual(self._get(self.frame), 2)

    def test_many_kits_at_once(self):
        """B8: each further kit takes at most one more query."""

        def count(kits):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.availability.get_availability(kits, self.warehouse)
            return self.env.cr.sql_log_count - before

        kits = self.env["product.product"]
        for number in range(20):
            kit = kits.create({"name": f"Kit {number}"})
            self._create_kit(kit, (self.wheel, 1), (self.frame, number + 1))
            kits |= kit
        count(kits)
        self.assertLessEqual(count(kits), count(kits[0]) + 20)

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .common import BackorderCommon

QUANTITIES = st.integers(min_value=1, max_value=4000).map(lambda cents: cents / 100)
PLACES = ("pickable", "inbound", "outbound", "quarantine")
OWNERS = ("nobody", "company", "vendor", "customer")


class FreeStockCommon(BackorderCommon):
    """Only stock that may be promised may be reserved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.places = {kind: cls._create_place(kind, kind) for kind in PLACES}
        cls.depositor = cls.env["res.partner"].create({"name": "Depositor"})
        cls.owners = {
            "nobody": cls.env["res.partner"],
            "company": cls.company.partner_id,
            "vendor": cls.vendor,
            "customer": cls.depositor,
        }

    def _put(self, product, quantity, owner=None, location=None):
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.stock, quantity, owner_id=owner
        )

    def _create_delivery(self, product, quantity, **values):
        return self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_customers"),
            (product, quantity),
            **values,
        )

    def _create_bought_if_short(self):
        """Create a product that is bought if stock does not cover the demand."""
        product = self._create_bought_to_order()
        self.warehouse.mto_pull_id.procure_method = "mts_else_mto"
        return product

    def _get_bought_qty(self, product):
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", product.id)]
        )
        return sum(lines.mapped("product_qty"))


@tagged("post_install", "-at_install")
class TestFreeStock(FreeStockCommon):
    @settings(
        max_examples=20,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )
    @given(
        stock=st.lists(
            st.tuples(st.sampled_from(PLACES), st.sampled_from(OWNERS), QUANTITIES),
            max_size=6,
        ),
        vendor_stock=st.booleans(),
    )
    def test_pickable_stock_can_be_reserved(self, stock, vendor_stock):
        """B1: for every location and owner."""
        self.company.promise_vendor_stock = vendor_stock
        product = self._create_product("Any")
        for place, owner, quantity in stock:
            self._put(product, quantity, self.owners[owner], self.places[place])
        pickable = self._get(product, "pickable")
        self.assertEqual(
            self.retries._get_free_quantity(product, self.warehouse), pickable
        )
        delivery = self._create_delivery(product, 1000)
        self.assertEqual(delivery.move_ids.quantity, pickable)

    def test_consigned_goods_are_reserved_for_nobody_else(self):
        """B1, B3: neither at once nor by a retry."""
        self._put(self.backorderable, 2)
        self._put(self.backorderable, 5, self.depositor)
        order = self._confirm((self.backorderable, 4))
        self.assertEqual(order.order_line.backorder_qty, 2)
        self._put(self.backorderable, 5, self.depositor)
        self._run_retries()
        self.assertEqual(order.order_line.backorder_qty, 2)
        self.assertFalse(order.picking_ids.move_line_ids.owner_id)

    def test_consigned_goods_cover_no_order_with_manual_reservation(self):
        """C1: such an order is backordered."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._put(self.backorderable, 5, self.depositor)
        order = self._confirm((self.backorderable, 5))
        self.assertEqual(order.order_line.backorder_qty, 5)
        self.assertEqual(self._get(self.backorderable, "shortage"), 5)

    def test_transfer_of_an_owner_takes_the_goods_of_that_owner(self):
        """B1: the goods leave as in Odoo, and no promise is affected."""
        self._put(self.protected, 2)
        self._put(self.protected, 5, self.depositor)
        delivery = self._create_delivery(
            self.protected, 5, owner_id=self.depositor.id, partner_id=self.depositor.id
        )
        self.assertEqual(self._get(self.protected), 2)
        delivery.move_ids.move_line_ids.unlink()
        delivery.move_ids.move_line_ids = [
            (
                0,
                0,
                {
                    "product_id": self.protected.id,
                    "quantity": 5,
                    "owner_id": self.depositor.id,
                },
            )
        ]
        self._validate(delivery)
        self.assertEqual(delivery.state, "done")
        self.assertEqual(self._get(self.protected), 2)

    def test_receipt_of_consigned_goods_is_not_promised(self):
        """B1: neither as incoming nor after the receipt."""
        receipt = self._create_receipt(self.protected, 5, owner_id=self.depositor.id)
        self.assertEqual(self._get(self.protected, "incoming"), 0)
        self._validate(receipt, 5)
        self.assertEqual(self._get(self.protected), 0)
        self.assertEqual(self._get_quants(self.protected).owner_id, self.depositor)

    def test_goods_of_an_owner_are_put_away_as_in_odoo(self):
        """B1: a transfer within the warehouse takes any stock."""
        self._put(self.protected, 5, self.depositor)
        transfer = self._create_picking(
            self.warehouse.int_type_id, self.stock, self.shelf, (self.protected, 5)
        )
        self.assertEqual(transfer.move_ids.quantity, 5)

    def test_consigned_goods_picked_manually_commit_no_own_stock(self):
        """B1: the available quantity of the own stock does not change."""
        self._put(self.protected, 2)
        self._put(self.protected, 5, self.depositor)
        delivery = self._create_delivery(self.protected, 5)
        delivery.move_ids.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            {
                "move_id": delivery.move_ids.id,
                "product_id": self.protected.id,
                "location_id": self.stock.id,
                "location_dest_id": delivery.location_dest_id.id,
                "quantity": 5,
                "owner_id": self.depositor.id,
            }
        )
        self.assertEqual(self._get(self.protected), 2)

    def test_dark_phase_reserves_as_odoo_does(self):
        """B9: for every owner and location."""
        self.company.promise_phase = "dark"
        self._put(self.protected, 2, self.depositor)
        self._put(self.protected, 3, location=self.places["quarantine"])
        delivery = self._create_delivery(self.protected, 5)
        self.assertEqual(delivery.move_ids.quantity, 5)

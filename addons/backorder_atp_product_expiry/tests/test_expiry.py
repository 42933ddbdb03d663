# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import tagged

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp.tests.common import BackorderCommon

# Days until expiration; the removal date is two days before.
DAYS = (-400, -1, 1, 3, 30, None)


class ExpiryCommon(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.yoghurt = cls._create_perishable("Yoghurt")
        cls.now = fields.Datetime.now()

    @classmethod
    def _create_perishable(cls, name, **values):
        return cls._create_product(
            name,
            tracking="lot",
            use_expiration_date=True,
            expiration_time=30,
            removal_time=2,
            **values,
        )

    def _put(self, product, quantity, days, location=None, owner=None):
        """Put a lot into stock that expires in ``days`` days."""
        lot = self.env["stock.lot"].create(
            {
                "name": f"LOT{self.env['stock.lot'].search_count([])}",
                "product_id": product.id,
                "expiration_date": days is not None and self.now + timedelta(days=days),
            }
        )
        if days is None:
            lot.write({"expiration_date": False, "removal_date": False})
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.stock, quantity, lot_id=lot, owner_id=owner
        )
        return lot

    def _create_delivery(self, product, quantity):
        return self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_customers"),
            (product, quantity),
        )

    def _order_later(self, product, quantity, days, **values):
        return self._create_order(
            (product, quantity),
            commitment_date=self.now + timedelta(days=days),
            **values,
        )

    def _get_atp(self, product, days):
        """Return what can be promised in ``days`` days."""
        projection = self.availability.get_projection(product, self.warehouse)
        rows = projection[product.id, self.warehouse.id]
        day = rows[0]["day"] + timedelta(days=days)
        return [row["atp"] for row in rows if row["day"] <= day][-1]


@tagged("post_install", "-at_install")
class TestExpiry(ExpiryCommon):
    def test_expired_lot_is_not_promised(self):
        """B1, B3: three are fresh, five are not."""
        self._put(self.yoghurt, 5, -1)
        self._put(self.yoghurt, 3, 30)
        self.assertEqual(self._get(self.yoghurt), 3)
        with self.assertRaisesRegex(OrderValidationError, "available 3"):
            self._confirm((self.yoghurt, 8))
        order = self._confirm((self.yoghurt, 3))
        self.assertEqual(order.backorder_state, "allocated")

    def test_lot_to_be_removed_is_not_promised(self):
        """B1: the removal date is before the expiration date."""
        self._put(self.yoghurt, 5, 1)
        self.assertEqual(self._get(self.yoghurt), 0)

    def test_reserved_on_another_row_does_not_expire(self):
        """B1, B3: three leave before they expire, the other two are lost."""
        self._put(self.yoghurt, 5, 10)
        self._confirm((self.yoghurt, 3))
        self._move_reservation_to_another_row(self.yoghurt, 3)
        self.assertEqual(self._get_atp(self.yoghurt, 0), 2)
        self.assertEqual(self._get_atp(self.yoghurt, 12), 0)

    def test_expired_lot_covers_no_order_reserved_by_hand(self):
        """C1: such an order is short."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self.yoghurt.allow_backorder = "yes"
        self._put(self.yoghurt, 5, -1)
        order = self._confirm((self.yoghurt, 5))
        self.assertEqual(order.order_line.backorder_qty, 5)

    def test_late_order_gets_no_expired_lot(self):
        """C2: even if the lot was fresh on the scheduled day of the order."""
        self.yoghurt.allow_backorder = "yes"
        order = self._confirm((self.yoghurt, 5))
        order.picking_ids.move_ids.date = self.now - timedelta(days=10)
        self._put(self.yoghurt, 5, -1)
        order.picking_ids.action_assign()
        self.assertEqual(order.picking_ids.move_ids.quantity, 0)

    def test_later_date_of_a_lot_triggers_a_retry(self):
        """C2: a corrected date of a lot is an inflow of stock."""
        self.yoghurt.allow_backorder = "yes"
        lot = self._put(self.yoghurt, 5, -1)
        order = self._confirm((self.yoghurt, 5))
        self._run_retries()
        lot.write(
            {
                "expiration_date": self.now + timedelta(days=30),
                "removal_date": self.now + timedelta(days=28),
            }
        )
        self._run_retries()
        self.assertEqual(order.backorder_state, "allocated")

    def test_expired_lot_goes_back_to_the_vendor_as_in_odoo(self):
        """B1: no fresh stock is committed for it."""
        lot = self._put(self.yoghurt, 5, -1)
        self._put(self.yoghurt, 3, 30)
        back = self._create_picking(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_suppliers"),
            (self.yoghurt, 5),
        )
        back.move_ids.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            {
                "move_id": back.move_ids.id,
                "product_id": self.yoghurt.id,
                "lot_id": lot.id,
                "location_id": self.stock.id,
                "location_dest_id": back.location_dest_id.id,
                "quantity": 5,
            }
        )
        self.assertEqual(self._get(self.yoghurt), 3)

    def test_order_whose_lot_expires_still_has_to_be_served(self):
        """B1: its reservation is lost, its demand is not."""
        lot = self._put(self.yoghurt, 5, 30)
        self._confirm((self.yoghurt, 5))
        lot.expiration_date = self.now - timedelta(days=1)
        self._put(self.yoghurt, 5, 60)
        self.assertEqual(self._get(self.yoghurt), 0)

    def test_lot_that_expires_while_reserved_is_replaced(self):
        """C2: the order gets fresh goods if available, else it is backordered."""
        self.yoghurt.allow_backorder = "yes"
        old = self._put(self.yoghurt, 5, 30)
        first = self._confirm((self.yoghurt, 3))
        second = self._confirm((self.yoghurt, 2))
        self.assertEqual((first | second).picking_ids.move_line_ids.lot_id, old)
        new = self._put(self.yoghurt, 3, 90)
        with freeze_time(self.now + timedelta(days=40)):
            self.env["sale.order.line"]._refresh_undue(self.company)
            self._run_retries()
        self.assertEqual(first.picking_ids.move_line_ids.lot_id, new)
        self.assertEqual(first.backorder_state, "allocated")
        self.assertEqual(second.backorder_state, "backordered")

    def test_product_without_expiration_keeps_its_lots(self):
        """B1: dates of lots are ignored if the product does not use them."""
        self._put(self.yoghurt, 5, -1)
        self.yoghurt.use_expiration_date = False
        self.assertEqual(self._get(self.yoghurt), 5)
        self.assertEqual(self._create_delivery(self.yoghurt, 5).move_ids.quantity, 5)

    @settings(
        max_examples=20,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )
    @given(
        lots=st.lists(
            st.tuples(
                st.integers(min_value=1, max_value=40),
                st.sampled_from(DAYS),
                st.sampled_from(("stock", "shelf", "cage")),
                st.sampled_from((None, "vendor", "customer")),
            ),
            max_size=5,
        ),
        vendor_stock=st.booleans(),
    )
    def test_pickable_quantity_can_be_reserved(self, lots, vendor_stock):
        """B1: for any expiration date, location and owner."""
        self.company.promise_vendor_stock = vendor_stock
        product = self._create_perishable("Any")
        places = {
            "stock": self.stock,
            "shelf": self.shelf,
            "cage": self._create_quarantine(),
        }
        for quantity, days, place, owner in lots:
            self._put(
                product, quantity, days, places[place], owner and getattr(self, owner)
            )
        pickable = self._get(product, "pickable")
        self.assertEqual(
            self.retries._get_free_quantity(product, self.warehouse), pickable
        )
        delivery = self._create_delivery(product, 1000)
        self.assertEqual(delivery.move_ids.quantity, pickable)

    def test_lot_expires_on_its_day(self):
        """B1: it can be promised until that day."""
        self._put(self.yoghurt, 3, 12)
        self._put(self.yoghurt, 4, 60)
        self.assertEqual(self._get(self.yoghurt), 7)
        self.assertEqual(
            [self._get_atp(self.yoghurt, days) for days in (0, 9, 11, 59)],
            [7, 7, 4, 0],
        )

    def test_goods_that_leave_before_do_not_expire(self):
        """B1: goods that expire are used first."""
        self.warehouse.out_type_id.reservation_method = "manual"
        self._put(self.yoghurt, 3, 12)
        self._put(self.yoghurt, 4, 60)
        self._order_later(self.yoghurt, 2, 5).action_confirm()
        self.assertEqual(
            [self._get_atp(self.yoghurt, days) for days in (0, 11)], [5, 4]
        )

    def test_order_for_a_day_after_expiry_is_refused(self):
        """B3: goods that expire before the promised day do not count."""
        self._put(self.yoghurt, 3, 12)
        self._put(self.yoghurt, 4, 60)
        with self.assertRaisesRegex(OrderValidationError, "available 4"):
            self._order_later(self.yoghurt, 5, 30).action_confirm()
        self._order_later(self.yoghurt, 4, 30).action_confirm()
        self._confirm((self.yoghurt, 3))
        self.assertEqual(self._get(self.yoghurt), 0)

    def test_quotation_shows_the_quantity_of_its_day(self):
        """B4: with the day for which more can be promised."""
        self._put(self.yoghurt, 3, 12)
        self._create_receipt(
            self.yoghurt, 5, scheduled_date=self.now + timedelta(days=40)
        ).move_ids.date = self.now + timedelta(days=40)
        line = self._order_later(self.yoghurt, 2, 30).order_line
        self.assertEqual(line.promise_available_qty, 0)
        self.assertTrue(line.is_promise_short)
        self.assertGreaterEqual(
            line.expected_promise_date, (self.now + timedelta(days=40)).date()
        )
        soon = self._order_later(self.yoghurt, 2, 1).order_line
        self.assertEqual(soon.promise_available_qty, 3)

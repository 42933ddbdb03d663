# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp.tests.test_bad_data import BadDataCommon


@tagged("post_install", "-at_install")
class TestReservationBadData(BadDataCommon):
    """No single reservation stops the others."""

    def test_reservation_that_cannot_end_stops_no_other(self):
        """E5: the others end, the failure shows."""
        self._set_stock(self.protected, 5)
        reservations = self.env["stock.soft.reservation"].create(
            [
                {
                    "product_id": self.protected.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 1,
                    "partner_id": self.customer.id,
                }
                for _number in range(2)
            ]
        )
        self.env.cr.execute(
            "UPDATE stock_soft_reservation SET expiry_date = '2020-01-01'"
            " WHERE id IN %s",
            (tuple(reservations.ids),),
        )
        self.env.invalidate_all()
        with self._poisoned(
            "stock.soft.reservation",
            "_settle",
            lambda batch, *_: reservations[0] in batch,
        ):
            self._run_cron("backorder_atp_reservation.ir_cron_expire_soft_reservations")
        self.assertEqual(reservations.mapped("state"), ["active", "expired"])
        self._assert_reported("reservation", reservations[0])

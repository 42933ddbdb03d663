# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.backorder_atp_report.tests.totals_common import TotalsCommon

from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestTotals(TotalsCommon, ApiCommon):
    """The totals of the API agree with the board."""

    def _list(self, **params):
        return self._get_json(
            "/orders/backorders", "viewer", params={"limit": 200, **params}
        )

    def test_stats_are_the_recount(self):
        """C5: orders on hold are counted separately, as on the board."""
        stats = self._list()["stats"]
        _orders, _lines, quantity, value = self._recount(self.short)
        _orders, _lines, held, held_value = self._recount(self.held)
        self.assertEqual(
            {name: stats[name] for name in stats if name != "currency"},
            {
                "totalBackorderedOrders": len(self.backordered),
                "ordersOnHold": len(self.on_hold),
                "totalSkus": len(self._get_keys(self.short)),
                "oldestDaysPending": 0,
                "totalShortfall": quantity,
                "shortageValue": value,
                "onHoldShortfall": held,
                "onHoldValue": held_value,
            },
        )

    def test_lists_agree_with_the_stats(self):
        """C5: the lists agree with the totals."""
        body = self._list()
        stats = body["stats"]
        self.assertEqual(
            {row["orderId"] for row in body["orders"]}, set(self.backordered.ids)
        )
        self.assertEqual(body["totalOrders"], stats["totalBackorderedOrders"])
        self.assertEqual(body["totalSkus"], stats["totalSkus"])
        for rows in (body["orders"], body["bySku"]):
            self.assertEqual(
                sum(row["shortfall"] for row in rows), stats["totalShortfall"]
            )
        body = self._list(includeOnHold="true")
        self.assertEqual(
            {row["orderId"] for row in body["orders"]},
            set((self.backordered | self.on_hold).ids),
        )
        self.assertEqual(
            sum(row["onHoldShortfall"] for row in body["bySku"]),
            stats["onHoldShortfall"],
        )
        self.assertEqual(
            len(body["bySku"]), len(self._get_keys(self.short + self.held))
        )

    def test_rows_of_a_product(self):
        """C5: the order count of each row agrees with the list."""
        for product in (self.saddle, self.bell, self.guarded):
            body = self._list(productId=product.id)
            orders, _lines, quantity, _value = self._recount(self.short, product)
            self.assertEqual(len(body["orders"]), orders)
            self.assertEqual(sum(row["ordersWaiting"] for row in body["bySku"]), orders)
            self.assertEqual(sum(row["shortfall"] for row in body["bySku"]), quantity)

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A year of three customers of the demo company.

It is lived through week by week, with the clock set to the day, so that reports,
trends and the frozen history show what happened and nothing that was made up. In the
end the stock is that of the first count in :mod:`.backorder_demo`.
"""

from datetime import timedelta

from freezegun import freeze_time

from odoo import api, fields, models
from odoo.fields import Command

from ..orders import MAIN
from .backorder_demo import COUNTS, all_or_nothing

# The first and the last week begin this many weeks ago.
FIRST_WEEK, LAST_WEEK = 52, 1
# More is sold in these months, as a share of a usual one.
SEASON = {3: 1.4, 4: 1.8, 5: 2.0, 6: 2.0, 7: 1.7, 8: 1.3}
# Sold in a usual week, weeks between two receipts, vendor.
FLOWS = {
    "EB-BAT-500": (2, 5, "vendor_ebike"),
    "EB-MOT-85": (1, 7, "vendor_ebike"),
    "WH-TYR-29": (6, 5, "vendor_tyres"),
    "WH-TUB-28": (9, 4, "vendor_tyres"),
    "CP-SAD-L": (2, 6, "vendor_tyres"),
    "WH-TYR-28": (12, 4, "vendor_tyres"),
    "DT-CHN-11": (10, 4, "vendor_drivetrain"),
    "CM-BTL-75": (30, 6, "vendor_outdoor"),
}
# What each customer buys in a week.
BASKETS = {
    "courier": ("EB-BAT-500", "EB-MOT-85"),
    "riders": ("WH-TYR-29", "WH-TUB-28", "CP-SAD-L"),
    "pier": ("WH-TYR-28", "DT-CHN-11", "CM-BTL-75"),
}
# A purchase is ordered this long before it is needed; one in three comes a week late.
PURCHASE_WEEKS = 2
REQUESTED_DAYS = 6
SHIPPED_AFTER = timedelta(days=3)


class BackorderDemoHistory(models.AbstractModel):
    """Sells, buys and delivers for a year, before anything else is created."""

    _name = "backorder.demo.history"
    _inherit = "backorder.demo"
    _description = "Backorder Demo History"

    @api.model
    @api.private
    @all_or_nothing
    def build_history(self):
        """Create the history once; called when the demo data is loaded."""
        if self._get("demo_order_1"):
            return
        history = self.with_context(mail_auto_subscribe_no_notify=True, tz="UTC")
        history._supply_other_orders()
        monday = self._get_first_monday()
        with freeze_time(monday) as clock:
            history._live(clock, monday)

    def _supply_other_orders(self):
        """Stock what the orders of Odoo's own demo data are short of.

        This company sells bicycle parts, and its reports shall not be about desks.
        """
        quants = self.env["stock.quant"]
        for line in self.env["sale.order.line"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("backorder_product_qty", ">", 0),
            ]
        ):
            quants._update_available_quantity(
                line.product_id,
                line.order_id.warehouse_id.lot_stock_id,
                line.backorder_product_qty,
            )
        self._process_retries()

    def _get_first_monday(self):
        now = fields.Datetime.now().replace(hour=8, minute=0, second=0, microsecond=0)
        return now - timedelta(days=now.weekday(), weeks=FIRST_WEEK)

    def _live(self, clock, monday):
        weeks = [
            monday + timedelta(weeks=number)
            for number in range(FIRST_WEEK - LAST_WEEK + 1)
        ]
        sold = {code: self._plan_sales(code, weeks) for code in FLOWS}
        bought = {code: self._plan_receipts(code, sold[code]) for code in FLOWS}
        self._build_first_stock(sold, bought)
        orders = self.env["sale.order"]
        purchases = self.env["purchase.order"]
        for number, week in enumerate(weeks):
            clock.move_to(week)
            purchases += self._purchase(number, bought)
            self._receive(purchases)
            orders += self._sell(number, sold)
            clock.move_to(week + SHIPPED_AFTER)
            self._ship(orders)
            clock.move_to(week + timedelta(days=6))
            self.env["backorder.snapshot"]._take(self.env.company)
        self._close_history(orders, purchases)

    # ------------------------------------------------------------------
    # Plan
    # ------------------------------------------------------------------

    def _plan_sales(self, code, weeks):
        """Return the quantity sold in each week."""
        usual, _every, _vendor = FLOWS[code]
        return [round(usual * SEASON.get(week.month, 1)) for week in weeks]

    def _plan_receipts(self, code, sold):
        """Return the quantity due in each week: what was sold since the last receipt.

        Whenever sales increase it is too little. The last one makes up for that.
        """
        usual, every, _vendor = FLOWS[code]
        received = [0] * len(sold)
        received[0] = usual * every
        for number in range(every, len(sold), every):
            received[number] = sum(sold[number - every : number])
        received[-1] += max(0, sum(sold) - sum(received))
        return received

    def _build_first_stock(self, sold, bought):
        """Count what leaves the stock of today's first count in the end."""
        today = {code: in_main for code, in_main, _in_north in COUNTS}
        location = self.env.ref(MAIN).lot_stock_id
        for code in FLOWS:
            rest = sum(sold[code]) - sum(bought[code])
            self._count(code, location, max(0, today[code] + rest))
        self._apply_counts()

    # ------------------------------------------------------------------
    # Weeks
    # ------------------------------------------------------------------

    def _purchase(self, number, bought):
        """Order what is due in some weeks; the first receipts are due at once."""
        due = number + PURCHASE_WEEKS
        weeks = range(due + 1) if not number else [due]
        purchases = self.env["purchase.order"]
        for week in weeks:
            for vendor, products in self._get_due(week, bought).items():
                days = 7 * (week - number)
                purchases += self._buy(vendor, MAIN, 0, days, products)
        for purchase in purchases:
            self._confirm_purchase(purchase, 0)
        return purchases

    def _get_due(self, week, bought):
        """Return the quantities due in a week, by vendor."""
        due = {}
        for code, (_usual, _every, vendor) in FLOWS.items():
            if week < len(bought[code]) and bought[code][week]:
                due.setdefault(vendor, {})[code] = bought[code][week]
        return due

    def _receive(self, purchases, is_everything=False):
        """Validate the receipts due, except those that come a week late."""
        for receipt in self._as(purchases.picking_ids, "operator"):
            if receipt.state == "assigned" and (is_everything or self._is_due(receipt)):
                self._validate(receipt, 0)
        self._process_retries()

    def _is_due(self, receipt):
        late = timedelta(days=7 if receipt.id % 3 == 0 else -1)
        return receipt.scheduled_date + late <= fields.Datetime.now()

    def _sell(self, number, sold):
        """Create and confirm the orders of a week, one for each customer."""
        orders = self.env["sale.order"]
        for customer, codes in BASKETS.items():
            lines = {code: sold[code][number] for code in codes if sold[code][number]}
            orders += self._create_past_order(customer, lines)
        orders.action_confirm()
        self.env.cr.flush()
        return orders

    def _create_past_order(self, customer, lines):
        seller = self._get("user_sales")
        order = (
            self.env["sale.order"]
            .with_user(seller)
            .create(
                {
                    "partner_id": self._get(f"customer_{customer}").id,
                    "team_id": self._get("team_shops").id,
                    "warehouse_id": self.env.ref(MAIN).id,
                    "commitment_date": self._ago(-REQUESTED_DAYS),
                    "order_line": [
                        Command.create(self._prepare_line(code, quantity))
                        for code, quantity in lines.items()
                    ],
                }
            )
        )
        self._set_create_date(order)
        return order

    def _set_create_date(self, order):
        """The queue depends on it; PostgreSQL's clock is not set to the day."""
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = %s",
            [fields.Datetime.now(), order.id],
        )
        order.invalidate_recordset(["create_date"])

    def _ship(self, orders):
        """Ship what is reserved."""
        for picking in self._get_open_pickings(orders):
            if any(move.quantity for move in picking.move_ids):
                self._validate(picking, 0)

    def _close_history(self, orders, purchases):
        """Deliver the last orders, so that today's orders find the counted stock."""
        self._receive(purchases, is_everything=True)
        self._ship(orders)

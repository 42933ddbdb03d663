# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.backorder_atp.models.sale_order_board import AGE_SELECTION

#: The periods that can be chosen, in weeks.
PERIODS = (13, 26, 52)
#: How many products the heat map shows.
SHOWN_PRODUCTS = 15
#: ``{key of a line: (day by which it is grouped, rate, whole of the rate, goal)}``
RATES = {
    "fill": (
        "requested_date",
        "line_fill_rate",
        "due_lines",
        "backorder_target_fill_rate",
    ),
    "promise": (
        "first_promise_date",
        "first_promise_rate",
        "first_promised_lines",
        "backorder_target_promise_rate",
    ),
}


def get_monday(day):
    """Return the Monday of the week of ``day``."""
    return day - timedelta(days=day.weekday())


class BackorderTrend(models.AbstractModel):
    """Backorders over time: their age, the service level, and the products short.

    Nothing is counted a second time: ages are those of the episodes in the log, rates
    those of the service level report, shortages those of the frozen history.
    """

    _name = "backorder.trend"
    _description = "Backorder Trends"

    @api.model
    def get_trends(self, weeks=13, warehouse_id=False):
        """Return the figures of the last weeks, in the user's companies.

        :param weeks: how many weeks, the running one included: 13, 26 or 52
        :param warehouse_id: id of a ``stock.warehouse``, or False for all
        :return: dict of ``periods``, ``warehouses`` (``id``, ``name``), ``weeks`` (the
            Mondays), ``ages``, ``rates`` and ``shortages``: see
            :meth:`_get_ages`, :meth:`_get_rates` and :meth:`_get_shortages`
        :raise AccessError: for users who are not viewers of backorders
        :raise UserError: for another number of weeks
        """
        self.env["backorder.overview"]._check_viewer()
        if weeks not in PERIODS:
            raise UserError(self.env._("Choose one of the periods."))
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or [])
        warehouse.check_access("read")
        mondays = self._get_mondays(weeks)
        return {
            "periods": list(PERIODS),
            "warehouses": self._get_warehouses(),
            "weeks": mondays,
            "ages": self._get_ages(mondays, warehouse),
            "rates": self._get_rates(mondays, warehouse),
            "shortages": self._get_shortages(mondays, warehouse),
        }

    def _get_warehouses(self):
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        return [{"id": each.id, "name": each.name} for each in warehouses]

    def _get_mondays(self, weeks):
        monday = get_monday(fields.Date.context_today(self))
        return [monday - timedelta(weeks=ago) for ago in reversed(range(weeks))]

    # ------------------------------------------------------------------
    # Age
    # ------------------------------------------------------------------

    def _get_ages(self, mondays, warehouse):
        """Return the orders on backorder at the end of each week, by their age then.

        :return: list of ``key``, ``label`` and ``counts``, one count for each week
        """
        ends = [self._get_end(monday) for monday in mondays]
        counts = {key: [0] * len(ends) for key, _label in AGE_SELECTION}
        get_bucket = self.env["sale.order"]._get_age_bucket
        for episode in self._get_episodes(ends, warehouse):
            for index, end in enumerate(ends):
                if self._is_open(episode, end):
                    age = (end - episode.start_date).days
                    counts[get_bucket(age)][index] += 1
        labels = dict(
            self.env["sale.order"]
            ._fields["backorder_age_bucket"]
            ._description_selection(self.env)
        )
        return [
            {"key": key, "label": labels[key], "counts": found}
            for key, found in counts.items()
        ]

    def _get_end(self, monday):
        """Return the end of a week, or now."""
        end = datetime.combine(monday + timedelta(weeks=1), time.min)
        return min(end, fields.Datetime.now())

    def _get_episodes(self, ends, warehouse):
        domain = Domain("start_date", "<=", ends[-1]) & (
            Domain("end_date", "=", False) | Domain("end_date", ">", ends[0])
        )
        domain &= Domain("company_id", "in", self.env.companies.ids)
        if warehouse:
            domain &= Domain("order_id.warehouse_id", "=", warehouse.id)
        return self.env["backorder.episode"].search_fetch(
            domain, ["start_date", "end_date"], order="id"
        )

    def _is_open(self, episode, moment):
        return episode.start_date <= moment and (
            not episode.end_date or episode.end_date > moment
        )

    # ------------------------------------------------------------------
    # Service level
    # ------------------------------------------------------------------

    def _get_rates(self, mondays, warehouse):
        """Return what was filled and which promises were kept, beside their goals.

        :return: list of ``key``, ``goal`` (percent) and ``values``, one percentage
            for each week, or False for a week without any that were due
        """
        return [
            {
                "key": key,
                "goal": self.env.company.sudo()[goal],
                "values": self._get_rate_values(mondays, warehouse, day, rate, whole),
            }
            for key, (day, rate, whole, goal) in RATES.items()
        ]

    def _get_rate_values(self, mondays, warehouse, day, rate, whole):
        domain = Domain("company_id", "in", self.env.companies.ids)
        domain &= Domain(day, ">=", mondays[0])
        domain &= Domain(day, "<", mondays[-1] + timedelta(weeks=1))
        if warehouse:
            domain &= Domain("warehouse_id", "=", warehouse.id)
        rows = self.env["backorder.service.report"]._read_group(
            domain, [f"{day}:day"], [f"{whole}:sum", f"{rate}:avg"]
        )
        wholes, parts = defaultdict(float), defaultdict(float)
        for date, count, percent in rows:
            monday = get_monday(date)
            wholes[monday] += count or 0
            parts[monday] += (count or 0) * (percent or 0)
        return [
            parts[monday] / wholes[monday] if wholes[monday] else False
            for monday in mondays
        ]

    # ------------------------------------------------------------------
    # Shortages
    # ------------------------------------------------------------------

    def _get_shortages(self, mondays, warehouse):
        """Return the products that were short most, and by how much in each week.

        :return: list of ``id``, ``name``, ``unit`` and ``values``: for each week the
            largest quantity short on one of its days, or False if no day is known
        """
        domain = self._get_shortage_domain(mondays, warehouse)
        history = self.env["backorder.snapshot"]
        most = history._read_group(
            domain,
            ["product_id"],
            ["shortage_qty:sum"],
            order="shortage_qty:sum DESC, product_id",
            limit=SHOWN_PRODUCTS,
        )
        products = self.env["product.product"].union(*(row[0] for row in most))
        values = self._get_weekly_shortages(domain, products)
        known = self._get_known_weeks(mondays)
        return [
            {
                "id": product.id,
                "name": product.display_name,
                "unit": product.uom_id.name,
                "values": [
                    values[product, monday] if monday in known else False
                    for monday in mondays
                ],
            }
            for product in products
        ]

    def _get_shortage_domain(self, mondays, warehouse):
        domain = Domain("scope", "=", "product") & Domain("date", ">=", mondays[0])
        domain &= Domain("product_id", "!=", False) & Domain("shortage_qty", ">", 0)
        domain &= Domain("company_id", "in", self.env.companies.ids)
        if warehouse:
            domain &= Domain("warehouse_id", "=", warehouse.id)
        return domain

    def _get_weekly_shortages(self, domain, products):
        """Return ``{(product, monday): quantity}``; warehouses of a day add up."""
        rows = self.env["backorder.snapshot"]._read_group(
            domain & Domain("product_id", "in", products.ids),
            ["product_id", "date:day"],
            ["shortage_qty:sum"],
        )
        values = defaultdict(float)
        for product, day, quantity in rows:
            key = product, get_monday(day)
            values[key] = max(values[key], quantity)
        return values

    def _get_known_weeks(self, mondays):
        """Return the Mondays of the weeks of which the history keeps a day."""
        rows = self.env["backorder.snapshot"]._read_group(
            Domain("scope", "=", "company")
            & Domain("date", ">=", mondays[0])
            & Domain("company_id", "in", self.env.companies.ids),
            ["date:day"],
        )
        return {get_monday(day) for (day,) in rows}

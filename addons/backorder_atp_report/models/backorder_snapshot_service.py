# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

from .backorder_rate_mixin import LATE_SELECTION, RATES


class BackorderSnapshot(models.Model):
    """Service level, day by day.

    The row of the company counts the lines due since the previous snapshot. So days can
    be added up, whatever is changed later. The rows by age show the late lines of that
    day.
    """

    _name = "backorder.snapshot"
    _inherit = ["backorder.snapshot", "backorder.rate.mixin"]

    scope = fields.Selection(
        selection_add=[
            ("requested", "Past Requested Day"),
            ("promised", "Past Promised Day"),
        ],
        ondelete={"requested": "cascade", "promised": "cascade"},
    )
    age_bucket = fields.Selection(LATE_SELECTION, "Late", readonly=True)
    line_count = fields.Integer("Late Lines", readonly=True)
    service_until = fields.Date(
        "Service Counted Until",
        readonly=True,
        help="Requested and promised days before this date are counted, in this or an"
        " earlier snapshot.",
    )
    slip_days = fields.Integer(
        "Slip (Days)",
        readonly=True,
        help="The total number of days by which the last promises due were later than"
        " the first ones.",
    )

    _late_idx = models.UniqueIndex(
        "(company_id, date, scope, age_bucket) WHERE age_bucket IS NOT NULL",
        "There is already a snapshot of this day.",
    )

    def _prepare_company(self, company):
        return {**super()._prepare_company(company), **self._prepare_service(company)}

    def _prepare_service(self, company):
        """Return the counts due since the previous snapshot, or of one day."""
        until = self.env["stock.availability"]._get_today(company)
        since = self._get_counted_until(company) or until - timedelta(days=1)
        counts = self.env["backorder.service.report"]._get_day_figures(
            company, since, until
        )
        rates = {
            rate: 100 * counts[part] / counts[whole]
            for rate, (part, whole) in RATES.items()
            if counts[whole]
        }
        return {**counts, **rates, "service_until": until}

    def _get_counted_until(self, company):
        last = self.search(
            [
                ("company_id", "=", company.id),
                ("scope", "=", "company"),
                ("service_until", "!=", False),
            ],
            order="date desc",
            limit=1,
        )
        return last.service_until

    @api.model
    def _take(self, company):
        """Add the late lines to the snapshot."""
        rows = super()._take(company)
        if rows.filtered(lambda row: row.scope == "company"):
            rows += rows._take_late(company)
        return rows

    def _take_late(self, company):
        today = fields.Date.today()
        figures = self.env["backorder.service.report"]._get_late_figures(company)
        return self.create(
            [
                {
                    "date": today,
                    "company_id": company.id,
                    "scope": basis,
                    "age_bucket": bucket,
                    "line_count": count,
                    "value": value,
                }
                for basis, bucket, count, value in figures
            ]
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.backorder_atp.dates import get_near_day

MANAGER_GROUP = "backorder_atp.group_inventory_manager"
TOP = 10
CHART_MONTHS = 12


class BackorderSummary(models.TransientModel):
    """The backorder report: the figures of a period, and current backorders.

    Printed from the menu, and sent monthly by a scheduled action.
    """

    _name = "backorder.summary"
    _inherit = "backorder.wizard.mixin"
    _description = "Backorder Report"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.today().replace(day=1)
    )
    date_to = fields.Date("To", required=True, default=fields.Date.today)
    lang = fields.Char(default=lambda self: self.env.lang)
    is_printer_missing = fields.Boolean(compute="_compute_is_printer_missing")

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for summary in self:
            summary.display_name = self.env._(
                "Backorder Report %(start)s to %(end)s",
                start=summary.date_from,
                end=summary.date_to,
            )

    @api.depends("date_from")
    def _compute_is_printer_missing(self):
        reports = self.env["ir.actions.report"]
        self.is_printer_missing = (
            reports._is_wkhtmltopdf_missing() and not reports._get_pdf_browser()
        )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if any(summary.date_from > summary.date_to for summary in self):
            raise ValidationError(
                self.env._("The end of the period must not be before its start.")
            )

    def action_print(self):
        """Return the report as PDF, or as a page if the server cannot create PDFs.

        :raise AccessError: for users who are not inventory managers
        """
        self._check_manager()
        report = self.env.ref("backorder_atp_report.action_report_backorder")
        if not report._is_wkhtmltopdf_missing():
            return report.report_action(self)
        # the web client would not request a PDF
        converter = "html" if self.is_printer_missing else "pdf"
        url = f"/report/{converter}/{report.report_name}/{self.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    @api.model
    def _check_manager(self):
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(
                self.env._("Only inventory managers can print the backorder report.")
            )

    def _check_company_access(self):
        """Check the company, as the figures are read by SQL."""
        if not (self.env.su or self.company_id in self.env.user.company_ids):
            raise AccessError(
                self.env._("You do not have access to the backorders of this company.")
            )

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _get_figures(self):
        """Return the figures of the report that the user can read.

        :return: dict with ``board`` (current backorders), ``period`` (counts and times
            of the period), ``months`` (the last twelve, for the chart), ``priorities``,
            ``states`` and ``customers`` (each ``[(name, orders, quantity, value)]``),
            and ``products`` and ``timeline`` (products short, by impact and by
            arrival), all without orders on hold
        """
        self.ensure_one()
        self._check_manager()
        self._check_company_access()
        summary = self.with_company(self.company_id).with_context(
            allowed_company_ids=self.company_id.ids
        )
        products = summary.env["backorder.product"]
        own = products._get_backordered_domain() & Domain(
            "company_id", "=", self.company_id.id
        )
        return {
            "board": summary.env["backorder.board"].get_figures(),
            "period": summary._get_period_figures(),
            "months": summary._get_months(),
            "priorities": summary._get_groups("backorder_priority"),
            "states": summary._get_groups("backorder_state"),
            "customers": summary._get_groups("partner_id"),
            "products": products.search(own, order="impact desc, id", limit=TOP),
            "timeline": products.search(
                own, order="resolution desc, incoming_date, id", limit=2 * TOP
            ),
        }

    def _get_period_figures(self):
        """Return the figures of the episodes of the period."""
        self._check_period()
        company, start, end = self.company_id, self.date_from, self.date_to
        until = end + timedelta(days=1)
        self.env["backorder.event"].flush_model()
        self.env["sale.order"].flush_model(
            ["state", "backorder_state", "date_order", "company_id"]
        )
        self.env["res.company"].flush_model(["backorder_target_hours"])
        figures = self.env["backorder.period"]._get_figures(company, start, until)
        length = until - start
        before = self.env["backorder.period"]._get_figures(
            company, start - length, start
        )
        return {**figures, "open_change": figures["open_count"] - before["open_count"]}

    def _check_period(self):
        """Refuse implausible dates, which have no period before or after them."""
        today = fields.Date.today()
        for day in (self.date_from, self.date_to):
            if not get_near_day(day, today):
                raise UserError(
                    self.env._(
                        "Choose a period within twenty years of today: %s is not.",
                        fields.Date.to_string(day),
                    )
                )

    def _get_months(self):
        """Return the last twelve months up to the end of the period, oldest first."""
        last = self.date_to.replace(day=1)
        rows = self.env["backorder.period"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("period_type", "=", "month"),
                ("date_from", "<=", last),
                ("date_from", ">", last - relativedelta(months=CHART_MONTHS)),
            ],
            order="date_from",
        )
        highest = max(
            [*rows.mapped("opened_count"), *rows.mapped("filled_count")], default=0
        )
        known = {row.date_from: row for row in rows}
        starts = [last - relativedelta(months=n) for n in range(CHART_MONTHS)]
        return [
            self._prepare_month(start, known.get(start, rows.browse()), highest)
            for start in reversed(starts)
            if rows
        ]

    def _prepare_month(self, start, row, highest):
        """Return the bars of a month; empty if nothing happened."""
        opened, filled = row.opened_count, row.filled_count
        return {
            "label": f"{start:%m/%y}",
            "opened": opened,
            "filled": filled,
            "open": row.open_count,
            "opened_height": 100 * opened / highest if highest else 0,
            "filled_height": 100 * filled / highest if highest else 0,
        }

    def _get_groups(self, name):
        """Return ``[(label, orders, quantity, value)]``, most valuable first."""
        field = self.env["backorder.report"]._fields[name]
        labels = (
            dict(field._description_selection(self.env))
            if field.type == "selection"
            else {}
        )
        groups = self.env["backorder.report"]._read_group(
            self.env["sale.order"]._get_backordered_domain()
            & Domain("company_id", "=", self.company_id.id),
            [name],
            ["order_id:count_distinct", "shortage_qty:sum", "value:sum"],
        )
        rows = [
            (labels.get(key) or key.display_name, count, quantity, value)
            for key, count, quantity, value in groups
        ]
        return sorted(rows, key=lambda row: -row[3])[:TOP]

    # ------------------------------------------------------------------
    # Monthly email
    # ------------------------------------------------------------------

    @api.model
    def _cron_send_monthly(self):
        """Send last month's report once for each company that enables it."""
        month = fields.Date.today().replace(day=1) - relativedelta(months=1)
        companies = self.env["res.company"].search(
            [
                ("backorder_report_mail", "=", True),
                "|",
                ("backorder_report_sent", "=", False),
                ("backorder_report_sent", "<", month),
            ]
        )
        companies._work_off(
            "summary", lambda company: self._send_monthly(company, month)
        )

    @api.model
    def _send_monthly(self, company, month):
        """Send the report of ``month`` to the company's managers, in their language."""
        template = self.env.ref("backorder_atp_report.mail_template_backorder_summary")
        for lang, managers in self._get_managers(company).grouped("lang").items():
            summary = self.create(self._prepare_monthly(company, month, lang))
            template.send_mail(
                summary.id, email_values={"recipient_ids": managers.partner_id.ids}
            )
        company.backorder_report_sent = month

    @api.model
    def _get_managers(self, company):
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref(MANAGER_GROUP).id),
                ("company_ids", "in", company.ids),
                ("share", "=", False),
                ("email", "!=", False),
            ]
        )

    @api.model
    def _prepare_monthly(self, company, month, lang):
        return {
            "company_id": company.id,
            "date_from": month,
            "date_to": month + relativedelta(months=1, days=-1),
            "lang": lang,
        }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import csv
import io
import json
import re
from datetime import date, datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# Characters that spreadsheets read as the start of a formula: signs, including
# full-width ones, and white space or invisible characters, which some skip.
FORMULA = re.compile(
    "[=+\\-@\uff1d\uff0b\uff0d\uff20\\s\\x00\ufeff\u200b-\u200d\u2060]"
)
EXPORT_GROUP = "backorder_atp.group_inventory_manager"
EXPORT_FIELDS = [
    "id",
    "date",
    "event_type",
    "company_id",
    "phase",
    "user_id",
    "user_name",
    "order_id",
    "order_name",
    "product_id",
    "product_name",
    "warehouse_id",
    "warehouse_name",
    "quantity",
    "value",
    "currency_id",
    "reason",
    "trigger_source",
    "payload",
    "seal_sequence",
    "seal_hash",
]
EXPORT_CATEGORIES = [
    ("all", "Everything"),
    ("decisions", "Refusals and Approvals"),
    ("backorders", "Backorders and Allocations"),
    ("stock", "Negative Stock, Discrepancies, Reservations"),
    ("log", "Log and Phases"),
]
DECISION_TYPES = [
    "order:discrepancy_warning",
    "order:would_block",
    "order:blocked",
    "order:approval_requested",
    "order:approved",
    "order:rejected",
    "order:approval_escalated",
    "order:override_withdrawn",
]


class BackorderEvent(models.Model):
    """Export of the log for auditors and other programs."""

    _inherit = "backorder.event"

    @api.model
    def export_log(self, date_from, date_to, category="all", file_format="csv"):
        """Return the entries of a period that the user may see.

        The export itself is logged as ``log:exported``.

        :param date_from: first day, in UTC
        :param date_to: last day, in UTC
        :param category: a key of ``EXPORT_CATEGORIES``
        :param file_format: ``csv``, or ``jsonl`` for one JSON object per line
        :return: ``{"fileName", "mimetype", "content", "count"}``
        :raise AccessError: for users who are not inventory managers
        :raise UserError: when the end is before the start, or a key is unknown
        """
        if not self.env.user.has_group(EXPORT_GROUP):
            raise AccessError(
                self.env._("Only inventory managers can export the backorder log.")
            )
        domain = self._get_export_domain(date_from, date_to, category)
        writers = {"csv": self._write_csv, "jsonl": self._write_json_lines}
        if file_format not in writers:
            raise UserError(
                self.env._(
                    "The file format %s is not supported. Use csv or jsonl.",
                    file_format,
                )
            )
        rows = self._read_export_rows(domain)
        content = writers[file_format](rows)
        name = f"backorder_log_{date_from}_{date_to}.{file_format}"
        self._log_export(name, date_from, date_to, category, len(rows))
        return {
            "fileName": name,
            "mimetype": "text/csv" if file_format == "csv" else "application/jsonl",
            "content": content,
            "count": len(rows),
        }

    @api.model
    def _get_export_domain(self, date_from, date_to, category):
        start, end = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        if not start or not end or start > end:
            raise UserError(
                self.env._("Enter a start date, and an end date that is not before it.")
            )
        if category not in dict(EXPORT_CATEGORIES):
            raise UserError(self.env._("The event type %s does not exist.", category))
        end = min(end, date.max - timedelta(days=1))
        return [
            ("company_id", "in", self.env.companies.ids),
            ("date", ">=", datetime.combine(start, time.min)),
            ("date", "<", datetime.combine(end + timedelta(days=1), time.min)),
            *self._get_category_domain(category),
        ]

    @api.model
    def _get_category_domain(self, category):
        """Return the domain of the events of a category."""
        return {
            "all": [],
            "decisions": [("event_type", "in", DECISION_TYPES)],
            "backorders": [
                ("event_type", "not in", DECISION_TYPES),
                *self._get_prefix_domain("order:", "supply:", "customer:"),
            ],
            "stock": self._get_prefix_domain(
                "inventory.", "discrepancy:", "reservation:"
            ),
            "log": self._get_prefix_domain("log:", "company:"),
        }[category]

    @api.model
    def _get_prefix_domain(self, *prefixes):
        return Domain.OR(
            Domain("event_type", "=like", f"{prefix}%") for prefix in prefixes
        )

    @api.model
    def _read_export_rows(self, domain):
        """Return the columns of the events the user may see, oldest first."""
        self.browse().check_access("read")
        query = self._search(domain, order="id")
        columns = [
            self._field_to_sql(query.table, name, query) for name in EXPORT_FIELDS
        ]
        return self.env.execute_query(query.select(*columns))

    @api.model
    def _write_csv(self, rows):
        output = io.StringIO()
        writer = csv.writer(output, quoting=csv.QUOTE_ALL)
        writer.writerow(EXPORT_FIELDS)
        writer.writerows([self._format_cell(value) for value in row] for row in rows)
        return output.getvalue()

    @api.model
    def _format_cell(self, value):
        """Return ``value`` as text that no spreadsheet reads as a formula."""
        if value is None:
            return ""
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, str) and FORMULA.match(value):
            return f"'{value}"
        return value

    @api.model
    def _write_json_lines(self, rows):
        return "".join(
            json.dumps(
                dict(zip(EXPORT_FIELDS, row, strict=True)),
                default=self._to_json,
                ensure_ascii=False,
            )
            + "\n"
            for row in rows
        )

    @api.model
    def _to_json(self, value):
        """Return dates as ISO 8601 in UTC, and amounts as numbers."""
        return f"{value.isoformat()}Z" if isinstance(value, datetime) else float(value)

    @api.model
    def _log_export(self, name, date_from, date_to, category, count):
        self._log_many(
            [
                {
                    "event_type": "log:exported",
                    "company": company,
                    "reason": name,
                    "payload": {
                        "from": str(date_from),
                        "until": str(date_to),
                        "category": category,
                        "count": count,
                    },
                }
                for company in self.env.companies
            ]
        )

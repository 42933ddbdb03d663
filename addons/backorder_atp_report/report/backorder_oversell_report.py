# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from .backorder_event_line_mixin import EVENT_LINE_DEPENDS

OVERSELL_TYPES = [
    ("order:would_block", "Would Be Refused"),
    ("order:blocked", "Refused"),
    ("order:approval_requested", "Approval Requested"),
]


class BackorderOversellReport(models.Model):
    """Attempts to promise more than was available.

    One row for each short line of each attempt in the log.
    """

    _name = "backorder.oversell.report"
    _description = "Oversell Attempt"
    _inherit = "backorder.event.line.mixin"
    _auto = False
    _depends = EVENT_LINE_DEPENDS

    event_id = fields.Many2one(string="Attempts")
    event_type = fields.Selection(OVERSELL_TYPES, "Outcome", readonly=True)
    user_id = fields.Many2one(string="Attempted By")
    salesman_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    requested_qty = fields.Float("Requested", readonly=True, digits="Product Unit")
    available_qty = fields.Float(
        "Available", readonly=True, digits="Product Unit", aggregator=None
    )
    value = fields.Monetary("Value at Risk")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT %(columns)s, so.user_id AS salesman_id,
                   (line.snapshot ->> 'required')::numeric AS requested_qty,
                   (line.snapshot ->> 'available')::numeric AS available_qty
              FROM %(lines)s
             WHERE event.event_type IN %(types)s AND line.position IS NOT NULL
            """,
            columns=self._get_line_columns(),
            lines=self._get_line_tables(),
            types=tuple(dict(OVERSELL_TYPES)),
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from .backorder_event_line_mixin import EVENT_LINE_DEPENDS

DECISION_TYPES = [
    ("order:approved", "Approved"),
    ("order:rejected", "Rejected"),
    ("order:override_withdrawn", "Withdrawn"),
    ("order:discrepancy_warning", "Promised Despite a Discrepancy"),
]


class BackorderOverrideReport(models.Model):
    """Decisions about orders beyond stock.

    One row for each product of each decision in the log. The requester and the date are
    those of the last request before the decision.
    """

    _name = "backorder.override.report"
    _description = "Override"
    _inherit = "backorder.event.line.mixin"
    _auto = False
    _depends = EVENT_LINE_DEPENDS

    date = fields.Datetime("Decided On")
    event_id = fields.Many2one(string="Decisions")
    event_type = fields.Selection(DECISION_TYPES, "Decision", readonly=True)
    user_id = fields.Many2one(string="Decided By")
    requester_id = fields.Many2one("res.users", "Requested By", readonly=True)
    request_date = fields.Datetime("Requested On", readonly=True)
    hours = fields.Float(
        "Hours to Decision",
        readonly=True,
        aggregator="avg",
        help="Since the last request for approval.",
    )
    reason = fields.Char(readonly=True)
    shortage_qty = fields.Float("Quantity")
    has_discrepancy = fields.Boolean(
        "Open Discrepancy",
        readonly=True,
        help="Whether the order contained a product with an open discrepancy at that"
        " time.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT %(columns)s, event.reason, requester.id AS requester_id,
                   request.date AS request_date,
                   (EXTRACT(EPOCH FROM event.date - request.date) / 3600)::float8
                       AS hours,
                   COALESCE(
                       COALESCE(
                           event.payload -> 'discrepancies',
                           line.snapshot -> 'discrepancies'
                       ) NOT IN ('[]', 'null', 'false'),
                       false
                   ) AS has_discrepancy
              FROM %(lines)s
              LEFT JOIN LATERAL (
                    SELECT earlier.user_id, earlier.date
                      FROM backorder_event earlier
                     WHERE earlier.order_id = event.order_id
                       AND earlier.id < event.id
                       AND earlier.event_type = 'order:approval_requested'
                     ORDER BY earlier.id DESC
                     LIMIT 1
                   ) request ON true
              LEFT JOIN res_users requester ON requester.id = request.user_id
             WHERE event.event_type IN %(types)s
               AND (event.event_type != 'order:discrepancy_warning' OR NOT EXISTS (
                    SELECT FROM backorder_event request
                     WHERE request.order_id = event.order_id AND request.id > event.id
                       AND request.date = event.date
                       AND request.event_type = 'order:approval_requested'))
            """,
            columns=self._get_line_columns(),
            lines=self._get_line_tables(),
            types=tuple(dict(DECISION_TYPES)),
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STRATEGIES = [
    ("win", "Win"),
    ("gain", "Gain"),
    ("improve", "Improve"),
    ("redistribute", "Redistribute"),
    ("fill", "Fill"),
    ("lose", "Lose"),
    ("skip", "Skip"),
]


class BackorderRunSegment(models.Model):
    """Lines to which a run applies the same strategy."""

    _name = "backorder.run.segment"
    _description = "Backorder Run Segment"
    _order = "run_id, sequence, id"

    run_id = fields.Many2one(
        "backorder.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, index=True, server_only=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    domain = fields.Char(
        "Lines",
        default="[]",
        required=True,
        help="The order lines of this segment, without those of earlier segments.",
    )
    strategy = fields.Selection(
        STRATEGIES,
        default="improve",
        required=True,
        help="Win: everything by the requested date. Gain: never worse than now."
        " Improve: as now if possible, or sooner. Redistribute: from what is left."
        " Fill: no more than now. Lose: gives up its stock. Skip: no change.",
    )
    sort_order = fields.Selection(
        [
            ("queue", "Position in the queue"),
            ("wanted", "Earliest requested date"),
            ("oldest", "Oldest order"),
            ("value", "Highest value"),
            ("smallest", "Smallest quantity"),
        ],
        "Order",
        default="queue",
        required=True,
        help="The order in which lines are served within the strategy. Ties follow the"
        " queue.",
    )
    line_count = fields.Integer("Lines Found", compute="_compute_line_count")

    @api.depends("run_id.line_ids.segment_id")
    def _compute_line_count(self):
        counts = dict(
            self.env["backorder.run.line"]._read_group(
                [("segment_id", "in", self.ids)], ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.line_count = counts.get(segment._origin, 0)

    @api.constrains("domain")
    def _check_domain(self):
        for segment in self:
            try:
                self.env["sale.order.line"].search(segment._get_domain(), limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The lines of the segment %(segment)s cannot be found:"
                        " %(error)s. Select them again.",
                        segment=segment.name,
                        error=error,
                    )
                ) from error

    def _get_domain(self):
        return Domain(literal_eval(self.domain or "[]"))

    def _filter_lines(self, lines):
        """Return those of ``lines`` that match this segment and the user may read."""
        self.ensure_one()
        domain = self._get_domain() & Domain("id", "in", lines.ids)
        return self.env["sale.order.line"].search(domain)

    def _get_sort_key(self):
        """Return the key by which the lines of a simulation are ordered."""
        return {
            "queue": lambda row: row["place"],
            "wanted": lambda row: (row["wanted"], row["place"]),
            "oldest": lambda row: (row["line"].order_id.create_date, row["place"]),
            "value": lambda row: (-row["value"], row["place"]),
            "smallest": lambda row: (row["quantity"], row["place"]),
        }[self.sort_order or "queue"]

    @api.model_create_multi
    def create(self, vals_list):
        segments = super().create(vals_list)
        segments.run_id._check_is_open()
        segments.run_id._forget_simulation()
        return segments

    def write(self, vals):
        self.run_id._check_is_open()
        result = super().write(vals)
        self.run_id._forget_simulation()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self.run_id._check_is_open()
        self.run_id._forget_simulation()

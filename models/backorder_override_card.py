# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderOverride(models.Model):
    """What the card of a request shows on a phone, and its answers."""

    _inherit = "backorder.override"

    short_items = fields.Char("Short", compute="_compute_short_items")

    @api.depends("line_ids.shortage_qty", "line_ids.requested_qty")
    def _compute_short_items(self):
        for request in self:
            short = request.line_ids.filtered("shortage_qty")
            request.short_items = ", ".join(line._describe_shortage() for line in short)

    def action_open_rejection(self):
        """Ask for the reason of a rejection."""
        self.ensure_one()
        return self._open_reason("reject")

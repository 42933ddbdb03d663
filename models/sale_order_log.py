# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools.misc import format_date


class SaleOrder(models.Model):
    """What the log says about an order, and where older entries are (B6)."""

    _inherit = "sale.order"

    backorder_event_count = fields.Integer(
        "Log Entries", compute="_compute_backorder_event_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backorder_event_count(self):
        """Count what the user may see, in one query."""
        events = self.env["backorder.event"]
        counts = {}
        if events.has_access("read"):
            groups = events._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
            counts = {order.id: count for order, count in groups}
        for order in self:
            order.backorder_event_count = counts.get(order._origin.id, 0)

    def action_view_backorder_events(self):
        """Open the order's entries; say which months have been archived (B6)."""
        action = super().action_view_backorder_events()
        archives = self.env["backorder.event"]._get_archives_since(
            self.company_id, self.create_date
        )
        if not archives:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("Older entries are archived"),
                "message": self.env._(
                    "What the log had from before %(date)s is in these files, which an"
                    " administrator can download from the log: %(files)s",
                    date=format_date(self.env, archives[-1].payload["until"][:10]),
                    files=", ".join(archives.mapped("reason")),
                ),
                "sticky": True,
                # the client shows the help of a nested action as plain text
                "next": {**action, "help": False},
            },
        }

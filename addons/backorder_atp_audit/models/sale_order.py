# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools.misc import format_date


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_view_backorder_events(self):
        """Open the order's entries, and name the archived months."""
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
                    "Entries from before %(date)s are in these files, which an"
                    " administrator can download from the log: %(files)s",
                    date=format_date(self.env, archives[-1].payload["until"][:10]),
                    files=", ".join(archives.mapped("reason")),
                ),
                "sticky": True,
                # the client shows the help of a nested action as plain text
                "next": {**action, "help": False},
            },
        }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools.date_utils import start_of, subtract


class BackorderLogArchive(models.TransientModel):
    """Move old months of the log to files."""

    _name = "backorder.log.archive"
    _inherit = "backorder.wizard.mixin"
    _description = "Archive the Backorder Log"

    before = fields.Date(
        "Archive Months Before",
        required=True,
        default=lambda self: subtract(start_of(fields.Date.today(), "month"), years=1),
        help="The month of this date is kept in the log.",
    )
    event_count = fields.Integer("Entries", compute="_compute_event_count")
    company_names = fields.Char("Companies", compute="_compute_event_count")

    @api.depends("before")
    def _compute_event_count(self):
        for wizard in self:
            wizard.company_names = ", ".join(self.env.companies.mapped("name"))
            wizard.event_count = wizard.before and self.env[
                "backorder.event"
            ].search_count(
                [
                    ("company_id", "in", self.env.companies.ids),
                    ("date", "<", start_of(wizard.before, "month")),
                    ("event_type", "not =like", "log:%"),
                    ("event_type", "not =like", "company:%"),
                ]
            )

    def action_archive(self):
        """Archive the months, and show the resulting log entries."""
        self.ensure_one()
        archives = self.env["backorder.event"].archive_before(self.before)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.backorder_event_action"
        )
        return {
            **action,
            "domain": [("id", "in", archives.ids)],
            "context": {},
            "target": "main",
        }

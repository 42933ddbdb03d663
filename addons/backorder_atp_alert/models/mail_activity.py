# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class MailActivity(models.Model):
    """Activities assigned by an alert."""

    _inherit = "mail.activity"

    backorder_alert_id = fields.Many2one(
        "backorder.alert",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The alert that assigned the activity. Closing the alert removes the"
        " activity.",
        server_only=True,
    )

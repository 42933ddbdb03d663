# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .backorder_event import keep_logged

EVENT_TYPES = [
    ("log:archived", "Log Archived"),
    ("log:exported", "Log Exported"),
]


class BackorderEvent(models.Model):
    """Events of the export and archive of the log."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

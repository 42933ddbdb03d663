# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("hold:created", "Stock Held"),
    ("hold:extended", "Stock Hold Extended"),
    ("hold:consumed", "Stock Hold Consumed"),
    ("hold:released", "Stock Hold Released"),
    ("hold:expired", "Stock Hold Expired"),
    ("hold:taken", "Held Stock Taken"),
]


class BackorderEvent(models.Model):
    """Events of stock kept for customers."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

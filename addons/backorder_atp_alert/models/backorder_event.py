# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("alert:detected", "Alert: Backorder"),
    ("alert:persisting", "Alert: Persisting Backorder"),
    ("alert:supply_insufficient", "Alert: Insufficient Supply"),
    ("alert:below_safety_stock", "Alert: Below Safety Stock"),
    ("alert:customer_not_notified", "Alert: Customers Not Notified"),
    ("alert:many_holds", "Alert: Many Orders on Hold"),
    ("alert:unbalanced", "Alert: Stock Imbalance"),
    ("alert:closed", "Alert Closed"),
]


class BackorderEvent(models.Model):
    """Events of alerts."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

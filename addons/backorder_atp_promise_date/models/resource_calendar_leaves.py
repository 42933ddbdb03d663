# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResourceCalendarLeaves(models.Model):
    """Holidays of a company; what one person takes off is no matter of it."""

    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "resource.working.days.mixin"]

    def _says_working_days(self):
        return any(not leave.resource_id for leave in self)

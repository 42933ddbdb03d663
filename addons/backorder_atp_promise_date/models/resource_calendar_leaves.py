# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResourceCalendarLeaves(models.Model):
    """Public holidays of a company; the time off of one person does not count."""

    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "resource.working.days.mixin"]

    def _defines_working_days(self):
        return any(not leave.resource_id for leave in self)

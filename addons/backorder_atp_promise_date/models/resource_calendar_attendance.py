# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResourceCalendarAttendance(models.Model):
    """Working hours of a calendar."""

    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "resource.working.days.mixin"]

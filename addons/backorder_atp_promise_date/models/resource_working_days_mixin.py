# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ResourceWorkingDaysMixin(models.AbstractModel):
    """Clear the cache of working days when a record that defines them changes."""

    _name = "resource.working.days.mixin"
    _description = "Working Days of a Company"

    def _defines_working_days(self):
        """Whether any of these records applies to the whole company."""
        return bool(self)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._clear_working_days()
        return records

    def write(self, vals):
        self._clear_working_days()
        result = super().write(vals)
        self._clear_working_days()
        return result

    def unlink(self):
        self._clear_working_days()
        return super().unlink()

    def _clear_working_days(self):
        if self._defines_working_days():
            self.env.registry.clear_cache()

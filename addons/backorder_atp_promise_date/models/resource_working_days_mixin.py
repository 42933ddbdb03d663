# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ResourceWorkingDaysMixin(models.AbstractModel):
    """What says on which days a company works: a change of it is seen at once."""

    _name = "resource.working.days.mixin"
    _description = "What Says on Which Days a Company Works"

    def _says_working_days(self):
        """Whether any of these counts for the whole company."""
        return bool(self)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._forget_working_days()
        return records

    def write(self, vals):
        self._forget_working_days()
        result = super().write(vals)
        self._forget_working_days()
        return result

    def unlink(self):
        self._forget_working_days()
        return super().unlink()

    def _forget_working_days(self):
        if self._says_working_days():
            self.env.registry.clear_cache()

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError

HOURS_OF_YEAR = 8760
# Settings in days are used to compute dates and stay within ten years.
DAYS_OF_DECADE = 3650


class SettingLimitMixin(models.AbstractModel):
    """Upper limits of settings, so that a typing error does not stop the jobs."""

    _name = "setting.limit.mixin"
    _description = "Settings with Upper Limits"

    @api.model
    def _get_setting_limits(self):
        """Return ``{field: highest value}``. Extended by features."""
        return {}

    @api.constrains(lambda self: self._get_setting_limits())
    def _check_setting_limits(self):
        for name, highest in self._get_setting_limits().items():
            # also refuses NaN
            if not all(record[name] <= highest for record in self):
                raise ValidationError(
                    self.env._(
                        "%(setting)s can be at most %(highest)s.",
                        setting=self._fields[name]._description_string(self.env),
                        highest=highest,
                    )
                )

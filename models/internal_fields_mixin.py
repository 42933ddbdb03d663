# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class InternalFieldsMixin(models.AbstractModel):
    """Fields that portal users cannot read, although they can read the record.

    Portal users can read their orders over RPC, but must not see stock quantities or
    the reason of a hold. The pages of the portal show selected values. A field that
    portal users may read has ``portal_readable=True``.
    """

    _name = "backorder.internal.fields.mixin"
    _description = "Fields for Employees"

    def _valid_field_parameter(self, field, name):
        return name == "portal_readable" or super()._valid_field_parameter(field, name)

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if self.env.su or not self._is_internal_field(field):
            return True
        return self.env.user._is_internal()

    @api.model
    def _is_internal_field(self, field):
        """Whether ``field`` was first defined by one of these addons."""
        definition = (field._base_fields__ or (field,))[0]
        return (definition._module or "").startswith("backorder_atp") and not getattr(
            field, "portal_readable", False
        )

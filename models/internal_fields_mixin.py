# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class InternalFieldsMixin(models.AbstractModel):
    """What the addons add to a record is for employees, though customers may read it.

    A customer in the portal reads his orders over RPC as well: how much stock there
    is, or why an order is on hold, is not for him. The portal's pages show what they
    want to. A field that customers may read says ``portal_readable=True``.
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
        """Whether ``field`` is one that these addons have defined first."""
        definition = (field._base_fields__ or (field,))[0]
        return (definition._module or "").startswith("backorder_atp") and not getattr(
            field, "portal_readable", False
        )

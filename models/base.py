# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError

from ..transaction import without_defaults


class Base(models.AbstractModel):
    """Fields that only the server writes: ``server_only=True`` on the field.

    ``readonly`` only affects the client: remote callers can write such a field, even a
    stored computed one. Fields with this attribute can be written and created only by
    the superuser. A ``default_`` key in the context, which may be meant for another
    model, is ignored.
    """

    _inherit = "base"

    def _valid_field_parameter(self, field, name):
        return name == "server_only" or super()._valid_field_parameter(field, name)

    @api.model
    def _check_field_access(self, field, operation):
        if operation == "write" and not self.env.su and self._is_server_only(field):
            raise AccessError(
                self.env._(
                    "“%(field)s” of %(document)s cannot be edited directly. Use the"
                    " buttons of the form instead.",
                    field=field._description_string(self.env),
                    document=self.env["ir.model"]._get(self._name).sudo().name,
                )
            )
        return super()._check_field_access(field, operation)

    @api.model
    def _is_server_only(self, field):
        return getattr(field, "server_only", False)

    @api.model
    def default_get(self, fields):
        return super(Base, self._without_server_defaults()).default_get(fields)

    @api.model_create_multi
    def create(self, vals_list):
        creator = self._without_server_defaults()
        if creator is self:
            return super().create(vals_list)
        return super(Base, creator).create(vals_list).with_env(self.env)

    def _without_server_defaults(self):
        """Return these records without context defaults for server-only fields."""
        if self.env.su:
            return self
        return without_defaults(
            self,
            [
                key.removeprefix("default_")
                for key in self.env.context
                if key.startswith("default_")
                and self._is_server_only(self._fields.get(key.removeprefix("default_")))
            ],
        )

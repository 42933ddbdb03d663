# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderWizardMixin(models.AbstractModel):
    """A dialog that names a record shows things of it: only to whoever may read it.

    Whoever may open a dialog may create one, with any id in it; related fields and
    previews would give away what it names.
    """

    _name = "backorder.wizard.mixin"
    _description = "Dialog About Backorders"

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards.with_env(self.env)._check_named_records(self._fields)
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_named_records(vals)
        return result

    def onchange(self, values, field_names, fields_spec):
        """Check what a dialog would name, before anything is shown of it."""
        named = [field.name for field in self._get_naming_fields(self._fields)]
        shown = {
            **self.default_get(named),
            **{name: values[name] for name in named if name in values},
        }
        self.new(shown, origin=self)._check_named_records(self._fields)
        return super().onchange(values, field_names, fields_spec)

    def _check_named_records(self, names):
        """:raise AccessError: for a record that the user may not read"""
        if self.env.su:
            return
        for field in self._get_naming_fields(names):
            records = self.sudo()[field.name]._origin
            records.with_env(self.env).check_access("read")

    def _get_naming_fields(self, names):
        """Return those of the fields ``names`` by which a caller names records."""
        fields = [self._fields[name] for name in names]
        return [
            field
            for field in fields
            if field.type in ("many2one", "many2many")
            and (field.store or not field.compute)
            and not self.env[field.comodel_name]._transient
        ]

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderWizardMixin(models.AbstractModel):
    """Check that the user may read the records that a dialog refers to.

    A user who may open a dialog can create one with any id in it; its related fields
    and previews would show that record.
    """

    _name = "backorder.wizard.mixin"
    _description = "Backorder Dialog"

    @api.model
    def _open_operation(self, operation, records, **values):
        """Return the action that asks for what ``operation`` on ``records`` needs.

        :param operation: key of the field ``operation`` of this dialog
        :param values: further values of the dialog, ``{name: value}``
        """
        titles = dict(self._fields["operation"]._description_selection(self.env))
        defaults = {"operation": operation, **values}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(operation)s: %(records)s",
                operation=titles[operation],
                records=", ".join(records.mapped("display_name")),
            ),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards.with_env(self.env)._check_record_access(self._fields)
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_record_access(vals)
        return result

    def onchange(self, values, field_names, fields_spec):
        """Check the records of the dialog before any of their values are shown."""
        names = [field.name for field in self._get_record_fields(self._fields)]
        shown = {
            **self.default_get(names),
            **{name: values[name] for name in names if name in values},
        }
        self.new(shown, origin=self)._check_record_access(self._fields)
        return super().onchange(values, field_names, fields_spec)

    def _check_record_access(self, names):
        """:raise AccessError: for a record that the user may not read"""
        if self.env.su:
            return
        for field in self._get_record_fields(names):
            records = self.sudo()[field.name]._origin
            records.with_env(self.env).check_access("read")

    def _get_record_fields(self, names):
        """Return the fields among ``names`` that a caller can set to a record."""
        fields = [self._fields[name] for name in names]
        return [
            field
            for field in fields
            if field.type in ("many2one", "many2many")
            and (field.store or not field.compute)
            and not self.env[field.comodel_name]._transient
        ]

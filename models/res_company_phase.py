# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError


class ResCompany(models.Model):
    """The phase of a company: only administrators change it, and it is logged."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("promise_phase", "dark") != "dark" for vals in vals_list):
            self._check_phase_change()
        return super().create(vals_list)

    def write(self, vals):
        if "promise_phase" not in vals:
            return super().write(vals)
        before = {company: company.promise_phase for company in self}
        if any(phase != vals["promise_phase"] for phase in before.values()):
            self._check_phase_change()
        result = super().write(vals)
        self._log_phase_change(before)
        return result

    def _check_phase_change(self):
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            raise AccessError(self.env._("Only an administrator can change the phase."))

    def _log_phase_change(self, before):
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "company:phase_changed",
                    "company": company,
                    "reason": company._get_phase_label(),
                    "payload": {
                        "oldPhase": phase,
                        "newPhase": company.promise_phase,
                    },
                }
                for company, phase in before.items()
                if company.promise_phase != phase
            ]
        )

    def _get_phase_label(self):
        labels = self._fields["promise_phase"]._description_selection(self.env)
        return dict(labels)[self.promise_phase]

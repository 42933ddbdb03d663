# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    backorder_run_background_size = fields.Integer(
        "Runs in the Background From",
        default=500,
        help="How many lines a backorder run has to have to be simulated and committed"
        " in the background. 0: all of them are.",
    )

    _backorder_run_background_size_positive = models.Constraint(
        "CHECK (backorder_run_background_size >= 0)",
        "A backorder run cannot have less than no lines.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_run_background_size": 100000,
        }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    backorder_run_background_size = fields.Integer(
        "Runs in the Background From",
        default=500,
        help="Backorder runs with at least this number of lines are simulated and"
        " committed in the background. 0 means all runs.",
    )

    _backorder_run_background_size_positive = models.Constraint(
        "CHECK (backorder_run_background_size >= 0)",
        "The number of lines must be 0 or more.",
    )

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_run_background_size": 100000,
        }

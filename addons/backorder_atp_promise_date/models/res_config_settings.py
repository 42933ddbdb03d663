# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    promise_demand_date = fields.Selection(
        related="company_id.promise_demand_date", readonly=False
    )
    promise_late_supply_days = fields.Integer(
        related="company_id.promise_late_supply_days", readonly=False
    )
    promise_late_supply_offset = fields.Integer(
        related="company_id.promise_late_supply_offset", readonly=False
    )
    promise_late_demand_days = fields.Integer(
        related="company_id.promise_late_demand_days", readonly=False
    )
    promise_late_demand_offset = fields.Integer(
        related="company_id.promise_late_demand_offset", readonly=False
    )
    promise_gain_days = fields.Integer(
        related="company_id.promise_gain_days", readonly=False
    )
    promise_slip_days = fields.Integer(
        related="company_id.promise_slip_days", readonly=False
    )
    promise_show_dates = fields.Boolean(
        related="company_id.promise_show_dates", readonly=False
    )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    silver_turnover = fields.Monetary(
        related="company_id.silver_turnover",
        readonly=False,
        currency_field="currency_id",
    )
    gold_turnover = fields.Monetary(
        related="company_id.gold_turnover",
        readonly=False,
        currency_field="currency_id",
    )
    platinum_turnover = fields.Monetary(
        related="company_id.platinum_turnover",
        readonly=False,
        currency_field="currency_id",
    )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    backorder_purchase_margin = fields.Float(
        related="company_id.backorder_purchase_margin", readonly=False
    )
    backorder_auto_purchase = fields.Boolean(
        related="company_id.backorder_auto_purchase", readonly=False
    )
    backorder_buyer_id = fields.Many2one(
        related="company_id.backorder_buyer_id", readonly=False
    )
    backorder_replenish = fields.Boolean(
        related="company_id.backorder_replenish", readonly=False
    )

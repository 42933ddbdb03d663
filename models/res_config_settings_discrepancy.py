# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    discrepancy_review_counts = fields.Boolean(
        related="company_id.discrepancy_review_counts", readonly=False
    )
    discrepancy_all_receipts = fields.Boolean(
        related="company_id.discrepancy_all_receipts", readonly=False
    )
    discrepancy_all_negatives = fields.Boolean(
        related="company_id.discrepancy_all_negatives", readonly=False
    )
    discrepancy_min_percent = fields.Float(
        related="company_id.discrepancy_min_percent", readonly=False
    )
    discrepancy_min_quantity = fields.Float(
        related="company_id.discrepancy_min_quantity", readonly=False
    )
    discrepancy_min_value = fields.Monetary(
        related="company_id.discrepancy_min_value", readonly=False
    )
    discrepancy_medium_percent = fields.Float(
        related="company_id.discrepancy_medium_percent", readonly=False
    )
    discrepancy_medium_quantity = fields.Float(
        related="company_id.discrepancy_medium_quantity", readonly=False
    )
    discrepancy_medium_value = fields.Monetary(
        related="company_id.discrepancy_medium_value", readonly=False
    )
    discrepancy_high_percent = fields.Float(
        related="company_id.discrepancy_high_percent", readonly=False
    )
    discrepancy_high_quantity = fields.Float(
        related="company_id.discrepancy_high_quantity", readonly=False
    )
    discrepancy_high_value = fields.Monetary(
        related="company_id.discrepancy_high_value", readonly=False
    )
    discrepancy_critical_percent = fields.Float(
        related="company_id.discrepancy_critical_percent", readonly=False
    )
    discrepancy_critical_quantity = fields.Float(
        related="company_id.discrepancy_critical_quantity", readonly=False
    )
    discrepancy_critical_value = fields.Monetary(
        related="company_id.discrepancy_critical_value", readonly=False
    )
    discrepancy_lock_low = fields.Selection(
        related="company_id.discrepancy_lock_low", readonly=False
    )
    discrepancy_lock_medium = fields.Selection(
        related="company_id.discrepancy_lock_medium", readonly=False
    )
    discrepancy_lock_high = fields.Selection(
        related="company_id.discrepancy_lock_high", readonly=False
    )
    discrepancy_lock_critical = fields.Selection(
        related="company_id.discrepancy_lock_critical", readonly=False
    )

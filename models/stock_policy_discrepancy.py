# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .stock_discrepancy_lock import LOCK_POLICIES


class StockPolicy(models.Model):
    """A product may be locked otherwise in one place."""

    _inherit = "stock.policy"

    lock_policy = fields.Selection(
        [("inherit", "As the company says"), *LOCK_POLICIES],
        "Discrepancy Lock",
        default="inherit",
        required=True,
        help="What an open discrepancy does to promises of this product here.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        levels.filtered(lambda level: level.lock_policy != "inherit")._enqueue_retries(
            "lock"
        )
        return levels

    def write(self, vals):
        result = super().write(vals)
        if "lock_policy" in vals:
            self._enqueue_retries("lock")
        return result

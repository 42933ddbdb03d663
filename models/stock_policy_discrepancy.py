# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .stock_discrepancy_lock import LOCK_POLICIES


class StockPolicy(models.Model):
    """A stock policy may override the company's discrepancy lock."""

    _inherit = "stock.policy"

    lock_policy = fields.Selection(
        [("inherit", "Company default"), *LOCK_POLICIES],
        "Discrepancy Lock",
        default="inherit",
        required=True,
        help="Effect of an open discrepancy on promises of this product here.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        locking = policies.filtered(lambda policy: policy.lock_policy != "inherit")
        locking._enqueue_retries("lock")
        return policies

    def write(self, vals):
        result = super().write(vals)
        if "lock_policy" in vals:
            self._enqueue_retries("lock")
        return result

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """In the monitor phase shortages are shown to administrators only."""

    _inherit = "sale.order"

    is_promise_shown = fields.Boolean(
        "Show Available to Promise", compute="_compute_is_promise_shown"
    )

    @api.depends("company_id.promise_phase")
    @api.depends_context("uid")
    def _compute_is_promise_shown(self):
        for order in self:
            order.is_promise_shown = order._is_promise_shown()

    def _is_promise_shown(self):
        """Whether the user may see that this order exceeds available stock."""
        company = self.company_id or self.env.company
        return company.sudo().promise_phase != "dark" or self.env.user.has_group(
            "base.group_system"
        )

    def _get_action_add_from_catalog_extra_context(self):
        """Show in the catalog the same figures as on the order's lines."""
        return {
            **super()._get_action_add_from_catalog_extra_context(),
            "display_promise": self._is_promise_shown(),
            "warehouse_id": self.warehouse_id.id,
        }

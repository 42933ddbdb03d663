# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """Refresh open boards when an order goes on backorder or leaves it."""

    _inherit = "sale.order"

    def _log_transitions(self, before):
        """Refresh open boards when the backorder state of an order changes."""
        changed = self.browse(
            order.id
            for order in self.filtered(lambda order: isinstance(order.id, int))
            if order._is_backorder_changed(*(before.get(order.id) or ("none", False)))
        )
        if changed:
            self.env["backorder.board"]._notify_change(changed.sudo().company_id)
        return super()._log_transitions(before)

    def _is_backorder_changed(self, state, since):
        now = (self.backorder_state, self.backordered_since or False)
        return now != (state, since or False) and bool(since or self.backordered_since)

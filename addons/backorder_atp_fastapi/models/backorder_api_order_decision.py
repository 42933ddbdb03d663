# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class BackorderApiOrder(models.AbstractModel):
    """Cancelling orders, holding them, and deciding against them."""

    _inherit = "backorder.api.order"

    def _cancel_order(self, order_id):
        """Cancel an order, which releases its stock; once is enough."""
        order = self._find_order(order_id)
        order.check_access("write")
        if order.state != "cancel":
            order.action_cancel()
        return self._prepare_order(order)

    def _hold_order(self, order_id, payload):
        order = self._find_order(order_id)
        order.action_hold(payload.reason)
        return self._prepare_order(order)

    def _release_order(self, order_id, payload):
        order = self._find_order(order_id)
        order.action_release_hold(payload.reason)
        return self._prepare_order(order)

    def _reject_order(self, order_id, payload):
        """Reject what an order requests; a quotation stays one."""
        order = self._find_order(order_id)
        self._require_requests(order).action_reject(payload.reason)
        return self._prepare_order(order)

    def _withdraw_order(self, order_id, payload):
        """Withdraw what an order requests."""
        order = self._find_order(order_id)
        self._require_requests(order).action_withdraw(payload.reason)
        return self._prepare_order(order)

    def _require_requests(self, order):
        requests = self._get_pending_requests(order)
        if not requests:
            raise UserError(self.env._("%s has no pending approval.", order.name))
        return requests

    def _merge_order(self, order_id):
        """Merge an order into the one it was split from; return that one."""
        order = self._find_order(order_id)
        order.merge_backorder()
        return self._prepare_order(order.backorder_parent_id)

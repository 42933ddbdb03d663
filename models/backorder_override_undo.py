# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import AccessError, UserError

from .backorder_threshold import APPROVER_GROUP


class BackorderOverride(models.Model):
    """Withdrawing requests, and undoing approvals."""

    _inherit = "backorder.override"

    def action_withdraw(self, reason):
        """Withdraw an own pending request; inventory managers may withdraw any.

        :raise AccessError: for the request of another user
        :raise UserError: when it is decided, or the order is confirmed already
        """
        self.env["sale.order"]._check_reason(reason)
        self.check_access("read")
        if any(
            request.requester_id != self.env.user
            and not self.env.user.has_group(APPROVER_GROUP)
            for request in self
        ):
            raise AccessError(
                self.env._(
                    "Only the requester or an inventory manager can withdraw a request."
                )
            )
        if any(
            request.state != "pending" or request._is_withholding() for request in self
        ):
            raise UserError(
                self.env._(
                    "Only a pending request of an order that is neither paid nor"
                    " signed can be withdrawn."
                )
            )
        self.sudo()._withdraw(reason=reason)
        self._enqueue_backordered()

    def action_undo(self, reason):
        """Undo an approval as long as nothing has been shipped.

        The order becomes a quotation again, or its line gets its previous quantity;
        a paid or signed order is pending approval again.

        :raise UserError: when something has shipped or is invoiced
        """
        if not self.env.user.has_group(APPROVER_GROUP):
            raise AccessError(
                self.env._("Only inventory managers can undo an approval.")
            )
        self.check_access("read")
        self.env["sale.order"]._check_reason(reason)
        for request in self:
            request._check_undo()
        with self.env["backorder.event"]._caused_by(
            f"override:{', '.join(self.order_id.mapped('name'))}"
        ):
            for request in self.sudo():
                request._undo(reason)

    def _check_undo(self):
        order = self.order_id.sudo()
        if self.state != "approved":
            raise UserError(self.env._("Only an approved request can be undone."))
        if self.kind == "increase" and any(
            line.product_uom_id.compare(line.sale_line_id.product_uom_qty, line.new_qty)
            for line in self.sudo().line_ids
        ):
            raise UserError(
                self.env._(
                    "The quantity on %s has changed since it was approved. Undo the"
                    " later approval first, or change the line.",
                    order.name,
                )
            )
        if any(move.state == "done" for move in order.order_line.move_ids):
            raise UserError(
                self.env._("%s has already been shipped, at least in part.", order.name)
            )
        if any(invoice.state == "posted" for invoice in order.invoice_ids):
            raise UserError(
                self.env._(
                    "%s has been invoiced. Reverse the invoice first.", order.name
                )
            )

    def _undo(self, reason):
        if self.kind == "increase":
            self._undo_increase(reason)
        elif self.order_id._has_customer_agreed():
            self._withhold_again(reason)
        else:
            self._undo_order(reason)

    def _undo_increase(self, reason):
        for line in self.line_ids:
            if line.sale_line_id.product_uom_qty == line.new_qty:
                line.sale_line_id.product_uom_qty = line.old_qty
        self._withdraw(("approved",), reason)

    def _undo_order(self, reason):
        order = self.order_id
        self._withdraw(("approved",), reason)
        if order.state == "sale":
            order.locked = False
            order._action_cancel()
            order.action_draft()

    def _withhold_again(self, reason):
        """Withhold the delivery of a paid or signed order again."""
        order = self.order_id
        order.order_line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()
        self._withdraw(("approved",), reason)
        request = self.copy({"state": "pending"})
        for line in self.line_ids:
            line.copy({"override_id": request.id})
        request._record_terms()
        request._assign_approver()

    def _withdraw(self, states=("pending",), reason=None):
        """Withdraw the requests and decisions in one of ``states``."""
        withdrawn = self.filtered(lambda request: request.state in states)
        withdrawn.write({"state": "withdrawn"})
        withdrawn._log_step("order:override_withdrawn", reason)
        withdrawn._close_activities()

    def _is_withholding(self):
        """Whether the order is confirmed and only its delivery is withheld."""
        return self.kind == "order" and self.order_id.sudo().state == "sale"

    def _enqueue_backordered(self):
        """Retry other orders with the quantities that these requests release."""
        lines = self.sudo().line_ids
        self.env["backorder.retry"]._enqueue_backordered(
            lines.product_id,
            lines.warehouse_id,
            f"override:{', '.join(self.order_id.mapped('name'))}",
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .backorder_threshold import APPROVER_GROUP


class BackorderOverride(models.Model):
    """Deciding on requests, escalating them and undoing decisions."""

    _inherit = "backorder.override"

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def action_approve(self, reason, acknowledged=()):
        """Approve the requested quantities.

        Requests beyond the user's limits are escalated to the next role instead.

        :param reason: reason for the log; required
        :param acknowledged: the names of the open discrepancies that the user has
            acknowledged; all of them are required
        :return: an action for the client, or True
        :raise AccessError: for users who may not decide, or who made the request
        :raise UserError: when the request is decided, or the order has changed
        """
        self._check_decision(reason)
        self._check_not_own()
        acknowledged = [acknowledged] if isinstance(acknowledged, str) else acknowledged
        self._check_terms()
        self._refresh_stakes()
        beyond = self.filtered(lambda request: not request._is_within_limits())
        within = self - beyond
        within._check_acknowledged(acknowledged)
        within._decide("approved", reason, list(acknowledged))
        for request in within.sudo():
            request._release()
        beyond._escalate(reason)
        return beyond._get_escalated_action() if beyond else True

    def action_reject(self, reason):
        """Reject the requests: the order stays a quotation, or keeps its quantities.

        A paid or signed order is already confirmed and is cancelled; the salesperson
        is notified to refund it.

        :param reason: reason for the log; required
        :raise UserError: when the request is decided
        """
        self._check_decision(reason)
        orders = self.filtered(lambda request: request.kind == "order").order_id.sudo()
        confirmed = orders.filtered(lambda order: order.state == "sale")
        self._decide("rejected", reason)
        confirmed._cancel_rejected()
        self._enqueue_backordered()

    def _decide(self, state, reason, acknowledged=()):
        self.sudo().write(
            {
                "state": state,
                "approver_id": self.env.uid,
                "decision_date": fields.Datetime.now(),
                "reason": reason,
            }
        )
        self._log_step(f"order:{state}", reason, acknowledged)
        self._close_activities()
        self._notify_decision(reason)

    def _log_step(self, event_type, reason, acknowledged=()):
        self.env["backorder.event"]._log_many(
            [
                request._prepare_step_event(event_type, reason, acknowledged)
                for request in self
            ]
        )

    def _prepare_step_event(self, event_type, reason, acknowledged):
        return {
            "event_type": event_type,
            "order": self.order_id,
            "quantity": sum(self.line_ids.mapped("shortage_qty")),
            "reason": reason,
            "payload": {
                "kind": self.kind,
                "value": self.shortage_value,
                "acknowledged": acknowledged,
                "discrepancies": self._get_open_discrepancies().mapped("name"),
                "lines": list(filter(None, self.line_ids.mapped("snapshot"))),
            },
        }

    # ------------------------------------------------------------------
    # Permissions
    # ------------------------------------------------------------------

    def _check_decision(self, reason):
        if not self.env.user.has_group(APPROVER_GROUP):
            raise AccessError(
                self.env._("Only inventory managers can decide on orders beyond stock.")
            )
        self.check_access("read")
        self.env["sale.order"]._check_reason(reason)
        if any(request.state != "pending" for request in self):
            raise UserError(
                self.env._("This request has already been decided. Refresh the page.")
            )

    def _check_not_own(self):
        own = self.filtered(lambda request: request._is_own())
        if own:
            raise AccessError(
                self.env._(
                    "You cannot approve your own request (%s). Another approver must"
                    " decide.",
                    ", ".join(own.order_id.mapped("name")),
                )
            )

    def _check_acknowledged(self, acknowledged):
        """Refuse the approval unless all open discrepancies are acknowledged."""
        unseen = self._get_open_discrepancies().filtered(
            lambda discrepancy: discrepancy.name not in acknowledged
        )
        if unseen:
            raise UserError(
                self.env._(
                    "There are open stock discrepancies. Acknowledge %s before"
                    " approving.",
                    ", ".join(unseen.mapped("name")),
                )
            )

    def _get_open_discrepancies(self):
        """Return the open discrepancies that lock the requested products."""
        lines = self.sudo().line_ids.filtered("warehouse_id")
        keys = {(line.product_id.id, line.warehouse_id.id) for line in lines}
        discrepancies = self.env["stock.discrepancy"]
        locks = discrepancies.sudo()._get_open_locks(
            lines.product_id, lines.warehouse_id
        )
        return discrepancies.union(
            *(
                records._filter_by_policy("hard") | records._filter_by_policy("soft")
                for key, records in locks.items()
                if key in keys
            )
        )

    def _is_own(self):
        """Whether the user would approve an own request.

        In the approve phase users who may override confirm directly, with a reason.
        """
        self.ensure_one()
        company = self.company_id.sudo()
        return (
            not self.env.su
            and self.env.user in self.requester_id | self.requester_ids
            and company.promise_phase == "hard"
            and not company.backorder_self_approval
        )

    def _may_be_decided(self):
        """Whether the user may decide on this request or escalate it."""
        return self.env.user.has_group(APPROVER_GROUP) and not self._is_own()

    def _is_within_limits(self):
        """Whether a role of the user covers this request."""
        return self.env.su or bool(self._get_own_limits())

    def _get_own_limits(self):
        """Return the limits of the user's roles that cover this request."""
        self.ensure_one()
        chain = self.env["backorder.threshold"]._get_chain(self.company_id)
        request = self.sudo()
        return chain._includes(self.env.user).filtered(
            lambda limits: limits._allows(request)
        )

    # ------------------------------------------------------------------
    # Escalating
    # ------------------------------------------------------------------

    def _escalate(self, reason):
        """Escalate the requests to the next role whose limits cover them."""
        for request in self:
            threshold = request._get_deciding_threshold()
            if not (threshold and threshold._allows(request.sudo())):
                raise UserError(
                    self.env._(
                        "%(order)s exceeds the approval limit of every role"
                        " (%(value)s). An administrator can raise the limits.",
                        order=request.order_id.name,
                        value=request.currency_id.format(request.shortage_value),
                    )
                )
            request._assign_approver(threshold)
        self._log_step("order:approval_escalated", reason)

    def _get_escalated_action(self):
        return self.order_id._get_notification(
            self.env._("Escalated"),
            self.env._(
                "%(orders)s: this exceeds your approval limit and was escalated to"
                " %(roles)s.",
                orders=", ".join(self.order_id.mapped("name")),
                roles=", ".join(self.sudo().assigned_group_id.mapped("name")),
            ),
        )

    # ------------------------------------------------------------------
    # Approving
    # ------------------------------------------------------------------

    def _release(self):
        if self.kind == "increase":
            self._release_increase()
        else:
            self._release_order()

    def _release_order(self):
        """Confirm the order, or launch its withheld delivery."""
        if self.order_id.state == "sale":
            self._release_delivery()
        else:
            self._confirm_order()

    def _confirm_order(self):
        """Confirm the order.

        :raise UserError: if another addon does not confirm it
        """
        self.order_id.action_confirm()
        if self.order_id.state != "sale":
            raise UserError(self._get_unconfirmed_message())

    def _get_unconfirmed_message(self):
        """Return why an approved order could not be confirmed."""
        order = self.order_id
        if order.requires_inventory_override:
            return self.env._(
                "%s has changed since approval was requested. The order must be"
                " confirmed again before you can decide.",
                order.name,
            )
        return self.env._(
            "%s cannot be confirmed yet for a reason other than its stock. Confirm"
            " the order to see the reason, resolve it, and then approve.",
            order.name,
        )

    def _release_delivery(self):
        order = self.order_id
        # a locked order launches no delivery
        locked, order.locked = order.locked, False
        order._launch_deliveries()
        order.locked = locked

    def _release_increase(self):
        """Set the requested quantities on the lines."""
        lines = self.line_ids
        changed = lines.filtered(lambda line: line._has_changed())
        if changed:
            raise UserError(
                self.env._(
                    "%(products)s on %(order)s has changed since the larger quantity"
                    " was requested. Reject this request; it can be made again.",
                    products=", ".join(changed.product_id.mapped("display_name")),
                    order=self.order_id.name,
                )
            )
        with self.env["promise.decision"]._granting(lines.sale_line_id):
            for line in lines:
                line.sale_line_id.product_uom_qty = line.new_qty

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Which decision is pending for an order, and its outcome."""

    _inherit = "sale.order"

    needs_stock_approval = fields.Boolean(compute="_compute_pending_approvals")
    needs_warehouse_approval = fields.Boolean(compute="_compute_pending_approvals")
    pending_message = fields.Char(compute="_compute_pending_message")

    @api.depends("override_ids.state", "override_ids.line_ids.snapshot", "warehouse_id")
    def _compute_pending_approvals(self):
        for order in self:
            request = order._get_pending_request()
            order.needs_warehouse_approval = (
                request and order._needs_warehouse_approval()
            )
            order.needs_stock_approval = request and (
                request._is_stock_missing() or not order.needs_warehouse_approval
            )

    @api.depends("needs_stock_approval", "needs_warehouse_approval", "state")
    def _compute_pending_message(self):
        for order in self:
            reasons = order._get_pending_reasons()
            order.pending_message = reasons and " ".join(
                [*reasons, order._get_pending_outcome()]
            )

    def _get_pending_request(self):
        """Return the pending request for the whole order, if any."""
        return self._get_open_requests().filtered(
            lambda request: request.kind == "order"
        )

    def _get_pending_reasons(self):
        """Return why a decision is needed, a sentence each."""
        reasons = []
        if self.needs_stock_approval:
            reasons.append(
                self.env._("This order exceeds the stock available to promise.")
            )
        if self.needs_warehouse_approval:
            reasons.append(
                self.env._("This order has no warehouse and several are possible.")
            )
        return reasons

    def _get_pending_outcome(self):
        """Return the outcome of the decision."""
        if self.state == "sale":
            return self.env._(
                "Its delivery is withheld until an inventory manager approves it."
            )
        return self.env._("It will be confirmed once an inventory manager approves it.")

    # ------------------------------------------------------------------
    # What the client shows
    # ------------------------------------------------------------------

    def _get_pending_action(self):
        """Return the client action: the decision, or a notification of the request."""
        request = self._get_open_requests()[:1].with_env(self.env)
        if len(self) == 1 and request._may_be_decided():
            return request.action_open_approval()
        return self._get_notification(
            self.env._("Pending Stock Approval"),
            self._get_pending_message(request.sudo().assigned_group_id.name),
        )

    def _get_pending_message(self, role):
        """Return what was requested, and who decides."""
        values = {
            "orders": ", ".join(self.mapped("name")),
            "role": role or self.env._("an inventory manager"),
        }
        if not all(order._is_only_unplaced() for order in self):
            return self.env._(
                "%(orders)s: the demand exceeds the stock available to promise."
                " An approval request was sent to %(role)s.",
                **values,
            )
        return self.env._(
            "%(orders)s: no warehouse is set and several are possible."
            " An approval request was sent to %(role)s.",
            **values,
        )

    def _get_notification(self, title, message, kind="warning", link=None):
        """Return the action that shows a notification and reloads the page.

        :param str message: with one ``%s`` where ``link`` is given
        :param str kind: ``success``, ``info``, ``warning`` or ``danger``
        :param link: the record to open from the notification, by its name
        """
        links = []
        if link:
            links.append(
                {
                    "label": link.display_name,
                    "url": f"/odoo/{link._name}/{link.id}",
                }
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": title,
                "message": message,
                "links": links,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

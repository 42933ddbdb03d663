# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

APPROVER_GROUP = "backorder_atp.group_inventory_manager"
APPROVAL_ACTIVITY = "backorder_atp.mail_activity_type_approval"


class BackorderOverride(models.Model):
    """A request to promise more than there is, and its decision (B4, B5).

    The permission to pass is this record, written by the server alone; no flag
    and no context of the caller's counts.
    """

    _name = "backorder.override"
    _description = "Stock Approval"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
        ],
        "Status",
        default="pending",
        required=True,
        index=True,
    )
    requester_id = fields.Many2one(
        "res.users", "Asked By", default=lambda self: self.env.user
    )
    request_date = fields.Datetime("Asked On", default=fields.Datetime.now)
    approver_id = fields.Many2one("res.users", "Decided By")
    decision_date = fields.Datetime("Decided On")
    reason = fields.Char()
    line_ids = fields.One2many("backorder.override.line", "override_id", "Short Items")

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _request(self, order, shortages):
        """Write the request of ``order``, anew if one is open."""
        values = self._prepare_request(order, shortages)
        request = self.sudo().search(
            [("order_id", "=", order.id), ("state", "=", "pending")]
        )
        if request:
            request.line_ids.unlink()
            request.write(values)
        else:
            request = self.sudo().create(values)
        self.env["order.validator"]._log("order:approval_requested", order, shortages)
        request._ask_approver()
        return request

    def _prepare_request(self, order, shortages):
        short = {
            (shortage.product, shortage.warehouse): shortage for shortage in shortages
        }
        return {
            "order_id": order.id,
            "requester_id": self.env.uid,
            "request_date": fields.Datetime.now(),
            "line_ids": [
                fields.Command.create(
                    self._prepare_request_line(
                        product, warehouse, quantity, short.get((product, warehouse))
                    )
                )
                for (product, warehouse), quantity in self._get_requested(order).items()
            ],
        }

    def _prepare_request_line(self, product, warehouse, quantity, shortage):
        """Return what is asked of one product: it commits this, until decided."""
        values = {
            "product_id": product.id,
            "warehouse_id": warehouse.id,
            "requested_qty": quantity,
        }
        if shortage:
            values |= {
                "available_qty": shortage.available,
                "shortage_qty": shortage.shortfall,
                "snapshot": self.env["order.validator"]._prepare_snapshot(shortage),
            }
        return values

    def _get_requested(self, order):
        """Return ``{(product, warehouse): quantity}`` the whole order asks for."""
        requested = {}
        for (
            _line,
            product,
            warehouse,
            quantity,
        ) in order.order_line._get_promise_demand():
            key = (product, warehouse)
            requested[key] = requested.get(key, 0.0) + quantity
        return requested

    def _ask_approver(self):
        for request in self:
            user = request.company_id._get_backorder_responsible()
            order = request.order_id.sudo()
            if user and not order.activity_search([APPROVAL_ACTIVITY]):
                order.activity_schedule(
                    APPROVAL_ACTIVITY,
                    user_id=user.id,
                    summary=self.env._(
                        "Decide: more is asked for than can be promised"
                    ),
                )

    def _covers(self, order, shortages):
        """Whether these decisions allow ``order`` all that is now short."""
        approved = {
            (line.product_id, line.warehouse_id): line.requested_qty
            for line in self.line_ids
        }
        requested = self._get_requested(order)
        return all(
            shortage.product.uom_id.compare(requested[key], approved.get(key, 0.0)) <= 0
            for shortage in shortages
            if (key := (shortage.product, shortage.warehouse))
        )

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def action_open_approval(self):
        """Open the wizard that decides on this request."""
        self.ensure_one()
        return self.env["backorder.reason"]._open("approve", self.order_id, self)

    def action_approve(self, reason):
        """Let the order pass with the quantities it asked for (B5).

        :param reason: why, for the log; required
        :raise AccessError: for whoever is not an inventory manager
        :raise UserError: when the request is decided, or the order has grown
        """
        self._check_decision(reason)
        self._decide("approved", reason)
        for request in self.sudo():
            request.order_id.requires_inventory_override = False
            request._release_order()

    def action_reject(self, reason):
        """Leave the order a quotation that commits nothing.

        :param reason: why, for the log; required
        :raise UserError: when the request is decided, or the order is paid or signed
        """
        self._check_decision(reason)
        paid = self.order_id.filtered(lambda order: order.state == "sale")
        if paid:
            raise UserError(
                self.env._(
                    "%s is paid or signed already: it cannot go back to a quotation."
                    " Cancel the order and refund the customer instead.",
                    ", ".join(paid.mapped("name")),
                )
            )
        self._decide("rejected", reason)
        self.sudo().order_id.requires_inventory_override = False

    def _decide(self, state, reason):
        self.sudo().write(
            {
                "state": state,
                "approver_id": self.env.uid,
                "decision_date": fields.Datetime.now(),
                "reason": reason,
            }
        )
        self.env["backorder.event"]._log_many(
            [request._prepare_decision_event() for request in self]
        )
        self.sudo().order_id.activity_feedback([APPROVAL_ACTIVITY], feedback=reason)

    def _check_decision(self, reason):
        if not self.env.user.has_group(APPROVER_GROUP):
            raise AccessError(
                self.env._("Only an inventory manager decides on orders beyond stock.")
            )
        self.check_access("read")
        self.env["sale.order"]._check_reason(reason)
        if any(request.state != "pending" for request in self):
            raise UserError(
                self.env._("This has been decided already. Refresh the page.")
            )

    def _prepare_decision_event(self):
        return {
            "event_type": f"order:{self.state}",
            "order": self.order_id,
            "quantity": sum(self.line_ids.mapped("shortage_qty")),
            "reason": self.reason,
            "payload": {"lines": list(filter(None, self.line_ids.mapped("snapshot")))},
        }

    def _release_order(self):
        """Confirm the order, or let out its delivery if it is confirmed."""
        order = self.order_id
        if order.state == "sale":
            self._release_delivery()
            return
        order.action_confirm()
        if order.state != "sale":
            raise UserError(
                self.env._(
                    "%s has changed since approval was asked for. Let it be confirmed"
                    " again, so that you decide on what it asks for now.",
                    order.name,
                )
            )

    def _release_delivery(self):
        order = self.order_id
        locked, order.locked = order.locked, False  # a locked order launches nothing
        order.order_line._action_launch_stock_rule()
        order.locked = locked

    def _withdraw(self, states=("pending",)):
        """Take back the requests and decisions in one of ``states``."""
        self.filtered(lambda request: request.state in states).write(
            {"state": "withdrawn"}
        )
        self.order_id.requires_inventory_override = False
        self.order_id.activity_unlink([APPROVAL_ACTIVITY])

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby


class BackorderOverride(models.Model):
    """A request to promise beyond stock, and its decision.

    The order passes only with this record, which only the server writes. Flags and
    context keys of the caller have no effect.
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
    kind = fields.Selection(
        [("order", "Order"), ("increase", "Larger Quantity")],
        "Request Type",
        default="order",
        required=True,
        help="A whole order, or a larger quantity on a confirmed order.",
    )
    state = fields.Selection(
        [
            ("pending", "Pending"),
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
        "res.users", "Requested By", default=lambda self: self.env.user
    )
    requester_ids = fields.Many2many(
        "res.users",
        "backorder_override_requester_rel",
        string="All Requesters",
        help="A further request for the same order joins the pending one.",
    )
    request_date = fields.Datetime("Requested On", default=fields.Datetime.now)
    approver_id = fields.Many2one("res.users", "Decided By", copy=False)
    decision_date = fields.Datetime("Decided On", copy=False)
    reason = fields.Char(copy=False)
    line_ids = fields.One2many("backorder.override.line", "override_id", "Short Items")
    terms = fields.Json(
        copy=False,
        help="Customer, quantities and prices of the order as they were last shown.",
    )

    assigned_group_id = fields.Many2one("res.groups", "Assigned Role")
    currency_id = fields.Many2one(related="company_id.currency_id")
    max_shortage_qty = fields.Float(
        "Largest Shortage",
        compute="_compute_stakes",
        store=True,
        digits="Product Unit",
        help="The largest missing quantity of a single product, in its unit.",
    )
    max_shortage_percent = fields.Float(
        "Largest Share Missing (%)", compute="_compute_stakes", store=True
    )
    shortage_value = fields.Monetary(
        "Value at Risk",
        compute="_compute_stakes",
        store=True,
        help="The missing quantity, valued at the higher of price and cost.",
    )
    is_short = fields.Boolean(
        compute="_compute_is_short", help="Set if any item cannot be promised."
    )

    _pending_idx = models.Index("(order_id, kind) WHERE state = 'pending'")

    @api.depends(
        "line_ids.shortage_qty", "line_ids.requested_qty", "line_ids.unit_value"
    )
    def _compute_stakes(self):
        for request in self:
            short = request.line_ids.filtered("shortage_qty")
            # one product may be on several lines, and in several warehouses
            missing = [
                (sum(own.mapped("shortage_qty")), sum(own.mapped("requested_qty")))
                for own in short.grouped("product_id").values()
            ]
            request.max_shortage_qty = max((part for part, _all in missing), default=0)
            request.max_shortage_percent = max(
                (100 * part / whole for part, whole in missing if whole), default=0
            )
            request.shortage_value = sum(short.mapped("shortage_value"))

    @api.depends("line_ids.snapshot")
    def _compute_is_short(self):
        for request in self:
            request.is_short = any(request.line_ids.mapped("is_short"))

    def _is_stock_missing(self):
        return any(line._is_stock_missing() for line in self.line_ids)

    # ------------------------------------------------------------------
    # Requesting
    # ------------------------------------------------------------------

    @api.model
    def _request(self, order, shortages, case=None):
        """Create the request of ``order``, or update its pending one."""
        lines = self._prepare_order_lines(order, shortages, case)
        return self._write_request("order", order, shortages, lines)

    @api.model
    def _request_increase(self, order, shortages, increases):
        """Request larger quantities of confirmed lines, which stay unchanged for now.

        :param increases: ``{changed line: (current line, quantity)}``, the quantity
            in the line's unit
        """
        lines = [
            self._prepare_increase_line(shortage, *increases[shortage.line])
            for shortage in shortages
        ]
        requested = {values["sale_line_id"] for values in lines}
        lines += [
            line.copy_data({"override_id": False})[0]
            for line in self._get_pending(order, "increase").line_ids
            if line.sale_line_id.id not in requested
        ]
        return self._write_request("increase", order, shortages, lines)

    def _write_request(self, kind, order, shortages, lines):
        values = {
            "order_id": order.id,
            "kind": kind,
            "requester_id": self.env.uid,
            "requester_ids": [fields.Command.link(self.env.uid)],
            "request_date": fields.Datetime.now(),
            "line_ids": [fields.Command.create(line) for line in lines],
            **self._prepare_request(kind, order),
        }
        request = self._get_pending(order, kind)
        if request:
            request.line_ids.unlink()
            request.write(values)
        else:
            request = self.sudo().create(values)
        request._record_terms()
        self.env["promise.decision"]._log("order:approval_requested", order, shortages)
        request._assign_approver()
        return request

    @api.model
    def _prepare_request(self, kind, order):
        """Return additional values of a request. Extended by features."""
        return {}

    def _get_pending(self, order, kind):
        return self.sudo().search(
            [
                ("order_id", "=", order.id),
                ("kind", "=", kind),
                ("state", "=", "pending"),
            ]
        )

    def _prepare_order_lines(self, order, shortages, case=None):
        """Return the demand of the whole order, committed until the decision."""
        short = self._group_shortages(shortages)
        if case and case.is_only_about(order):
            requested = case.get_requested()
            available = {
                (product.id, warehouse.id): row["displayed"]
                for (product, warehouse), row in case.components.items()
            }
        else:
            # orders confirmed together compete for the same stock
            requested = self._get_requested(order)
            available = self._get_available(requested, order)
        return [
            {
                "product_id": product.id,
                "warehouse_id": warehouse.id,
                "requested_qty": quantity,
                "available_qty": available.get((product.id, warehouse.id), 0.0),
                **self._prepare_shortages(short.get((product, warehouse)), quantity),
            }
            for (product, warehouse), quantity in requested.items()
        ]

    def _get_available(self, keys, order):
        """Return ``{(product_id, warehouse_id): quantity}`` available to the order."""
        rows = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(
                self.env["product.product"].union(*(key[0] for key in keys)),
                self.env["stock.warehouse"].union(*(key[1] for key in keys)),
                order,
                components=["displayed"],
            )
        )
        return {key: row["displayed"] for key, row in rows.items()}

    def _prepare_increase_line(self, shortage, line, quantity):
        return {
            "sale_line_id": line.id,
            "old_qty": line.product_uom_qty,
            "new_qty": quantity,
            "product_id": shortage.product.id,
            "warehouse_id": shortage.warehouse.id,
            "requested_qty": shortage.requested,
            **self._prepare_shortage(shortage),
        }

    def _group_shortages(self, shortages):
        """Return ``{(product, warehouse): shortages}``, each of one line."""
        return {
            key: list(own)
            for key, own in groupby(
                shortages, lambda shortage: (shortage.product, shortage.warehouse)
            )
        }

    def _prepare_shortages(self, shortages, quantity):
        """Return the total shortage of the lines of one product.

        :param quantity: the demand of all lines, in the product's unit
        """
        if not shortages:
            return {}
        missing = sum(shortage.shortfall for shortage in shortages)
        value = sum(
            one.shortfall * one.line._get_promise_unit_value(one.product)
            for one in shortages
        )
        values = self._prepare_shortage(shortages[0])
        if len(shortages) == 1:
            return values
        available = max(0.0, quantity - missing)
        return {
            **values,
            "available_qty": available,
            "shortage_qty": missing,
            "unit_value": value / missing if missing else values["unit_value"],
            "snapshot": {
                **values["snapshot"],
                "required": quantity,
                "available": available,
                "shortfall": missing,
                "value": self.env.company.currency_id.round(value),
            },
        }

    def _prepare_shortage(self, shortage):
        return {
            "available_qty": shortage.available,
            "shortage_qty": shortage.shortfall,
            "unit_value": shortage.line._get_promise_unit_value(shortage.product),
            "snapshot": self.env["promise.decision"]._prepare_snapshot(shortage),
        }

    # ------------------------------------------------------------------
    # Approver
    # ------------------------------------------------------------------

    def _assign_approver(self, threshold=None):
        """Schedule an activity for the first role that may decide."""
        for request in self:
            limits = threshold or request._get_deciding_threshold()
            request.sudo().assigned_group_id = limits.group_id
            request._schedule_approval(request._get_approver(limits))

    def _get_deciding_threshold(self):
        """Return the limits of the first role that may decide on this request.

        If it exceeds the limits of every role, the last role is assigned and can have
        the limits raised.
        """
        self.ensure_one()
        chain = self.env["backorder.threshold"]._get_chain(self.company_id)
        request = self.sudo()
        return chain.filtered(lambda limits: limits._allows(request))[:1] or chain[-1:]

    def _get_approver(self, threshold):
        """Return a user with the role, preferably the company's responsible."""
        users = threshold._get_users() if threshold else self.env["res.users"]
        responsible = self.company_id.backorder_responsible_id
        others = users - self.requester_id or users
        return responsible if responsible in others else others[:1]

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_withdraw(self):
        self.ensure_one()
        return self._open_reason("withdraw")

    def action_open_undo(self):
        self.ensure_one()
        return self._open_reason("undo")

    def _open_reason(self, operation):
        return self.env["backorder.reason"]._open_operation(
            operation, self.order_id, override_id=self.id
        )

    def action_open_approval(self):
        """Open the wizard to decide on this request."""
        self.ensure_one()
        if self.state != "pending":
            raise UserError(
                self.env._("This request has already been decided. Refresh the page.")
            )
        if self._may_be_decided():
            if self._try_settle():
                return self._get_not_needed_action()
            self._refresh_stakes()
            self._record_terms()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide on %s", self.order_id.name),
            "res_model": "backorder.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_override_id": self.id},
        }

    def _prepare_overview_line(self):
        may_decide = self.env.user.has_group("backorder_atp.group_inventory_manager")
        return {
            "title": f"{self.order_id.name} · {self.partner_id.display_name}",
            "detail": ", ".join(self.line_ids.product_id.mapped("display_name")),
            "date": self.request_date,
            "button": may_decide and self.env._("Decide"),
            "method": "action_open_approval",
        }

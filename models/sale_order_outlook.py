# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from itertools import chain

from odoo import api, fields, models
from odoo.fields import Command

# How many of those who decide are named.
NAMED_APPROVERS = 3


class SaleOrder(models.Model):
    """What confirming a quotation will do, said while it is entered."""

    _inherit = "sale.order"

    promise_outlook = fields.Json(compute="_compute_promise_outlook")

    @api.depends(
        "state",
        "amount_total",
        "picking_policy",
        "override_ids.state",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.warehouse_id",
        "order_line.is_promise_short",
        "order_line.promise_available_qty",
    )
    @api.depends_context("uid", "lang")
    def _compute_promise_outlook(self):
        for order in self:
            order.promise_outlook = order._get_promise_outlook()

    def _get_promise_outlook(self):
        """Return what confirming this quotation does about its short lines.

        Unsaved lines count, too, and nothing is written.

        :return: False where every line is available, else a dict with ``kind``
            (``backorder``, ``approve``, ``decide``, ``withhold``, ``record`` or
            ``refuse``), ``message`` and ``lines``, see :meth:`_prepare_outlook_line`
        """
        self.ensure_one()
        if self.state not in ("draft", "sent") or not self._is_promise_shown():
            return False
        demand = self.order_line._get_promise_demand()
        case = self._prepare_outlook_case(demand)
        by_line = {}
        for shortage in case.find_obstacles() if case else ():
            by_line.setdefault(shortage.line, []).append(shortage)
        # what is bought or made for the order needs no stock
        short = {row.line for row in demand if row.line.is_promise_short}
        lines = [
            line._prepare_outlook_line(by_line.get(line, []))
            for line in self.order_line
            if line in short or line in by_line
        ]
        if not lines:
            return False
        kind, message = self._describe_outlook([*chain(*by_line.values())], case)
        return {"kind": kind, "message": message, "lines": lines}

    def _prepare_outlook_case(self, demand):
        """Return all that is known about ``demand``, or None if nothing can be wrong.

        The rules are only read where something is short, locked or without a
        warehouse: typing has to be quick.
        """
        is_short = any(row.line.is_promise_short for row in demand)
        if not is_short and not self._is_outlook_doubtful(demand):
            return None
        decision = self.env["promise.decision"]
        return decision._prepare_case(demand, self._origin or self)

    def _is_outlook_doubtful(self, demand):
        """Whether lines that are available may need a decision all the same."""
        placed = [row for row in demand if row.warehouse]
        if len(placed) < len(demand):
            return True
        if placed and self._needs_warehouse_approval():
            return True
        products = self.env["product.product"].union(*(row.product for row in placed))
        warehouses = self.env["stock.warehouse"].union(
            *(row.warehouse for row in placed)
        )
        locks = self.env["stock.discrepancy"]
        return bool(products and locks._get_open_locks(products, warehouses))

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def _describe_outlook(self, obstacles, case):
        """Return ``(kind, message)`` of what confirming will do."""
        status = self._get_promise_status(obstacles)
        if status == "insufficient_inventory":
            return "refuse", self.env._(
                "This order cannot be confirmed: backorders of an item are not allowed."
            )
        if status == "pending_approval" and obstacles:
            return self._describe_outlook_approval(obstacles, case)
        if not obstacles:
            return "backorder", self.env._(
                "Confirming this order creates a backorder for the missing quantities."
            )
        if self.company_id.sudo().promise_phase == "dark":
            return "record", self.env._(
                "This order can be confirmed: shortages are only recorded."
            )
        if self._is_paid_or_signed():
            return "withhold", self.env._(
                "This order can be confirmed, as the customer has paid or signed."
                " Its delivery is withheld until the shortage is approved."
            )
        return "backorder", self.env._(
            "The shortage is approved. Confirming this order creates a backorder."
        )

    def _describe_outlook_approval(self, obstacles, case):
        request = self._prepare_outlook_request(obstacles, case)
        if request._may_be_decided() and request._is_within_limits():
            return "decide", self.env._(
                "This order needs an approval. Confirming it opens your decision."
            )
        threshold = request._get_deciding_threshold()
        users = threshold._get_users()
        if request._is_own():
            users -= self.env.user
        return "approve", self._get_approval_message(threshold.group_id.name, users)

    def _get_approval_message(self, role, users):
        role = role or self.env._("Inventory Manager")
        names = users[:NAMED_APPROVERS].mapped("name")
        if len(users) > NAMED_APPROVERS:
            names.append(self.env._("%s more", len(users) - NAMED_APPROVERS))
        if not names:
            return self.env._(
                "This order needs an approval. Confirming it sends a request to the"
                " role %s, which no other user has.",
                role,
            )
        return self.env._(
            "This order needs an approval. Confirming it sends a request to the role"
            " %(role)s (%(names)s).",
            role=role,
            names=", ".join(names),
        )

    def _prepare_outlook_request(self, obstacles, case):
        """Return the request that confirming would write, unsaved."""
        requests = self.env["backorder.override"].sudo()
        lines = requests._prepare_order_lines(self._origin or self, obstacles, case)
        request = requests.new(
            {
                "company_id": (self.company_id or self.env.company).id,
                "requester_id": self.env.uid,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        return request.sudo(False)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_outlook_line(self, obstacles):
        """Return how this line can be kept, for the client.

        :param obstacles: the ``Shortage`` objects of this line
        :return: dict with ``key`` (the id, or the key of an unsaved line), ``product``,
            ``unit``, ``requested``, ``available`` and ``missing`` in the line's unit,
            ``outcome`` (``backorder``, ``approve`` or ``refuse``) and ``reason``
        """
        self.ensure_one()
        decision = self.env["promise.decision"]
        product = self.product_id.with_context(display_default_code=False)
        available = max(0.0, self.promise_available_qty)
        return {
            "key": str(self._origin.id or self.draft_key or ""),
            "product": product.display_name,
            "unit": self.product_uom_id.name,
            "requested": self.product_uom_qty,
            "available": available,
            "missing": max(0.0, self.product_uom_qty - available),
            "outcome": self._get_outlook_outcome(obstacles),
            "reason": "; ".join(
                dict.fromkeys(decision._get_reason(one) for one in obstacles)
            ),
        }

    def _get_outlook_outcome(self, obstacles):
        if not obstacles:
            return "backorder"
        status = self.order_id._get_promise_status(obstacles)
        outcomes = {"insufficient_inventory": "refuse", "pending_approval": "approve"}
        return outcomes.get(status, "backorder")

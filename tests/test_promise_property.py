# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_override import OverrideCommon

QUANTITIES = st.integers(1, 7)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "confirm",
                "change",
                "change",
                "add",
                "approve",
                "reject",
                "withdraw",
                "undo",
                "cancel",
                "redraft",
                "ship",
                "raise_delivery",
            ]
        ),
        st.integers(0, 2),
        QUANTITIES,
    ),
    min_size=4,
    max_size=8,
)


@tagged("post_install", "-at_install")
class TestPromiseProperty(OverrideCommon):
    """Promises stay within stock and approvals in any sequence of operations (B3,
    B5)."""

    @given(st.lists(QUANTITIES, min_size=2, max_size=3), STEPS)
    @settings(
        max_examples=20,
        suppress_health_check=list(HealthCheck),
    )
    def test_no_sequence_promises_more_than_policy_allows(self, quantities, steps):
        """B3, B5, B10: the limit is stock plus approved quantities."""
        savepoint = self.env.cr.savepoint()
        try:
            self.orders = self.env["sale.order"].union(
                *(self._create_and_confirm(quantity) for quantity in quantities)
            )
            self._check(quantities, steps)
            for name, index, quantity in steps:
                self._do(name, index, quantity)
                self._check(quantities, steps)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _create_and_confirm(self, quantity):
        order = self._create_order(
            (self.protected, quantity), user_id=self.users["sales"].id
        )
        self._as("sales", order).action_confirm()
        return order

    def _do(self, name, index, quantity):
        """Do one step as its user; a refusal is accepted."""
        order = self.orders[index % len(self.orders)]
        with suppress(AccessError, UserError), self.env.cr.savepoint():
            getattr(self, f"_step_{name}")(order, quantity)

    def _step_confirm(self, order, quantity):
        self._as("sales", order).action_confirm()

    def _step_change(self, order, quantity):
        self._as("sales", order.order_line[0]).product_uom_qty = quantity

    def _step_add(self, order, quantity):
        self._as("sales", self.env["sale.order.line"]).create(
            {
                "order_id": order.id,
                "product_id": self.protected.id,
                "product_uom_qty": quantity,
            }
        )

    def _decide(self, order, states):
        return self._as("manager", order.override_ids).filtered(
            lambda request: request.state in states
        )[:1]

    def _step_approve(self, order, quantity):
        self._decide(order, ("pending",)).action_approve("yes")

    def _step_reject(self, order, quantity):
        self._decide(order, ("pending",)).action_reject("no")

    def _step_withdraw(self, order, quantity):
        self._decide(order, ("pending",)).action_withdraw("never mind")

    def _step_undo(self, order, quantity):
        self._decide(order, ("approved",)).action_undo("sorry")

    def _step_cancel(self, order, quantity):
        self._as("sales", order)._action_cancel()

    def _step_redraft(self, order, quantity):
        self._as("sales", order).action_draft()

    def _step_ship(self, order, quantity):
        picking = order.picking_ids.filtered(
            lambda one: one.state in ("assigned", "confirmed")
        )[:1]
        self._validate(picking)

    def _step_raise_delivery(self, order, quantity):
        move = order.picking_ids.move_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )[:1]
        self._as("operator", move).product_uom_qty += quantity

    def _check(self, *steps):
        self.env.flush_all()
        moves = self.orders.order_line.move_ids.filtered(
            lambda move: move.state != "cancel"
        )
        promised = sum(moves.mapped("product_qty"))
        approved = self.orders.override_ids.filtered(
            lambda request: request.state == "approved"
        )
        allowed = 5 + sum(approved.line_ids.mapped("shortage_qty"))
        self.assertLessEqual(promised, allowed, f"after {steps}")
        self._check_availability(promised)

    def _check_availability(self, promised):
        """Promised and requested quantities are committed or have been shipped."""
        pending = self.orders.override_ids.filtered(
            lambda request: request.state == "pending"
        )
        requested = sum(self._get_requested(request) for request in pending)
        shipped = 5 - self._get(self.protected, "pickable")
        committed = self._get(self.protected, "committed")
        self.assertAlmostEqual(committed + shipped, promised + requested)

    def _get_requested(self, request):
        """Return the current quantity of a request beyond its deliveries."""
        if request.kind == "increase":
            return sum(
                item.new_qty - item.sale_line_id.product_uom_qty
                for item in request.line_ids
            )
        return sum(
            max(0.0, line.product_uom_qty - line.qty_delivered)
            for line in request.order_id.order_line
        )

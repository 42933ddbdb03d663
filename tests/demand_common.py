# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Random operations of a company, compared with an independent ledger."""

from collections import defaultdict

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError

from ..exceptions import OrderValidationError
from .common import BackorderCommon

QUANTITIES = st.integers(min_value=1, max_value=9)
CHOICES = st.integers(min_value=0, max_value=99)
FLAGS = st.booleans()
# Orders are in whole units, as a part of a dozen would be rounded by a split.
TOLERANCE = 0.1


class Ledger:
    """The open demand of customers by line, kept independently of the code."""

    def __init__(self):
        #: open quantity of each component, by line
        self.owed = defaultdict(lambda: defaultdict(float))
        #: the part of it in the output location
        self.picked = defaultdict(lambda: defaultdict(float))
        #: quantity that the customer received and kept
        self.kept = defaultdict(lambda: defaultdict(float))
        #: how far beyond stock approvals allow each component, by warehouse
        self.allowed = defaultdict(float)


class SellingMachine(RuleBasedStateMachine):
    """Random orders, changes, deliveries, returns, cancellations and splits."""

    #: set by :meth:`DemandCommon.run_machine`
    case = None

    def __init__(self):
        super().__init__()
        self.env = self.case.env
        self.savepoint = self.env.cr.savepoint()
        self.ledger = Ledger()
        self.orders = self.env["sale.order"]
        for product, quantity in self.case.opening.items():
            for warehouse in self.case.warehouses:
                self.case._force_stock(product, quantity, warehouse.lot_stock_id)

    def teardown(self):
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Operations
    # ------------------------------------------------------------------

    @rule(which=CHOICES, quantity=QUANTITIES, place=FLAGS, dozen=FLAGS, whole=FLAGS)
    def order(self, which, quantity, place, dozen, whole):
        """Sell a quantity that is available or allowed as a backorder."""
        order = self._quote(which, quantity, place, dozen and quantity < 3, whole)
        try:
            with self.env.cr.savepoint():
                order.action_confirm()
        except OrderValidationError:
            return
        self._record_confirmed(order)

    @rule(which=CHOICES, quantity=QUANTITIES, place=FLAGS, approve=FLAGS)
    def ask(self, which, quantity, place, approve):
        """Sell beyond stock; a manager approves or rejects the request."""
        self.case.company.shortage_policy = "pending"
        order = self._quote(which, quantity * 5, place, False, False)
        order.action_confirm()
        request = order.override_ids
        if request and approve:
            request.action_approve("machine")
            self._record_confirmed(order)
            self._record_allowed()
        elif request:
            request.action_reject("machine")
        else:
            self._record_confirmed(order)
        self.case.company.shortage_policy = "block"

    @precondition(lambda self: self._get_lines())
    @rule(which=CHOICES, quantity=QUANTITIES)
    def change(self, which, quantity):
        """Change the quantity of a confirmed line."""
        line = self._choose(self._get_lines(), which)
        kept, picked = self.ledger.kept[line.id], self.ledger.picked[line.id]
        is_begun = any(move.state == "done" for move in line.move_ids)
        if is_begun and self.case._get_recipe(line.product_id) != {line.product_id: 1}:
            return  # Odoo divides partially delivered kits in its own way
        quantity += self._to_line(line, sum(kept.values()) + sum(picked.values()))
        try:
            with self.env.cr.savepoint():
                line.product_uom_qty = quantity
        except OrderValidationError:
            return
        self._record_owed(line)

    @precondition(lambda self: self._get_ready())
    @rule(which=CHOICES, part=FLAGS)
    def ship(self, which, part):
        """Validate the reserved quantity of a transfer, or one unit less."""
        picking = self._choose(self._get_ready(), which)
        for move in picking.move_ids:
            if part and move.quantity > 1 and len(picking.move_ids) == 1:
                move.quantity -= 1
        self._record_moved(picking, 1)
        self.case._validate(picking)

    @precondition(lambda self: self._get_returnable())
    @rule(which=CHOICES)
    def give_back(self, which):
        """Return a delivery, or put picked goods back on the shelf."""
        picking = self._choose(self._get_returnable(), which)
        self._record_moved(picking, -1)
        self.case._return(picking)
        self.case._run_retries()

    @precondition(lambda self: self._get_confirmed())
    @rule(which=CHOICES, again=FLAGS)
    def cancel(self, which, again):
        """Cancel an order, and sometimes confirm it again."""
        order = self._choose(self._get_confirmed(), which)
        order._action_cancel()
        for line in order.order_line:
            self.ledger.owed[line.id].clear()
        if not again or any(
            any(self.ledger.picked[line.id].values()) for line in order.order_line
        ):
            return
        order.action_draft()
        try:
            with self.env.cr.savepoint():
                order.action_confirm()
        except OrderValidationError:
            return
        self._record_confirmed(order)

    @precondition(lambda self: self._get_splittable())
    @rule(which=CHOICES)
    def split(self, which):
        """Ship the allocated items and split off the backordered ones."""
        order = self._choose(self._get_splittable(), which)
        try:
            with self.env.cr.savepoint():
                result = order.split_backorder(True)
        except UserError:
            return  # partially delivered kits are not split
        child = self.env["sale.order"].browse(result["backorderOrderId"])
        self.orders |= child
        for line in child.order_line.filtered("backorder_origin_line_id"):
            self._record_owed(line)
            origin = self.ledger.owed[line.backorder_origin_line_id.id]
            for component, quantity in self.ledger.owed[line.id].items():
                origin[component] -= quantity

    @rule(which=CHOICES, quantity=QUANTITIES, place=FLAGS)
    def receive(self, which, quantity, place):
        """Receive goods."""
        warehouse = self.case.warehouses[place]
        component = self._choose(self.case.components, which)
        self.case._force_stock(component, quantity, warehouse.lot_stock_id)

    # ------------------------------------------------------------------
    # Invariants
    # ------------------------------------------------------------------

    @invariant()
    def holds(self):
        """ATP and states match the ledger, and no promise exceeds what is allowed."""
        self.case._run_retries()
        self.env.flush_all()
        for warehouse in self.case.warehouses:
            for component in self.case.components:
                self._check_availability(component, warehouse)
        for order in self.orders:
            expected = self._get_expected_state(order)
            self.case.assertEqual(order.backorder_state, expected, order.name)

    def _check_availability(self, component, warehouse):
        atp = self.case._get(component, warehouse=warehouse)
        expected = self._count_stock(component, warehouse) - self._count_owed(
            component, warehouse
        )
        self.case.assertAlmostEqual(atp, expected, msg=component.name, delta=TOLERANCE)
        if component.allow_backorder != "yes":
            allowed = self.ledger.allowed[component, warehouse]
            self.case.assertGreaterEqual(atp, -allowed - TOLERANCE, component.name)

    def _count_stock(self, component, warehouse):
        quants = self.env["stock.quant"].search([("product_id", "=", component.id)])
        return sum(
            quant.quantity
            for quant in quants
            if quant.location_id.warehouse_id == warehouse
            and quant.location_id.availability_kind in ("pickable", "inbound")
        )

    def _count_owed(self, component, warehouse):
        return sum(
            self.ledger.owed[line.id][component]
            - self.ledger.picked[line.id][component]
            for order in self._get_confirmed()
            if order.warehouse_id == warehouse
            for line in order.order_line
        )

    def _get_expected_state(self, order):
        """Return the expected state from the ledger and the reservations."""
        if order.state != "sale":
            return "none"
        lines = [self._count_line(line) for line in order.order_line]
        if any(short > TOLERANCE for _owed, _allocated, short in lines):
            is_any = any(allocated > TOLERANCE for _owed, allocated, _short in lines)
            partly = is_any and order.picking_policy == "direct"
            return "partially_allocated" if partly else "backordered"
        return (
            "allocated" if any(owed > TOLERANCE for owed, *_rest in lines) else "none"
        )

    def _count_line(self, line):
        """Return the demand, allocation and shortage of a line, in its product.

        For a kit, the scarcest component counts.
        """
        rows = [
            self._count_component(line, component, each)
            for component, each in self.case._get_recipe(line.product_id).items()
        ]
        owed, allocated, short = zip(*rows, strict=True)
        return max(owed), min(allocated), max(short)

    def _count_component(self, line, component, each):
        owed = self.ledger.owed[line.id][component]
        reserved = sum(
            move.quantity
            for move in line.move_ids
            if move.product_id == component
            and move.state in ("assigned", "partially_available")
        )
        kept = self.ledger.kept[line.id][component]
        short = max(0.0, owed - reserved)
        return owed / each, (min(reserved, owed) + kept) / each, short / each

    # ------------------------------------------------------------------
    # Keeping the ledger
    # ------------------------------------------------------------------

    def _record_confirmed(self, order):
        self.orders |= order
        for line in order.order_line:
            self._record_owed(line)

    def _record_owed(self, line):
        """A line's demand is its quantity less what the customer kept."""
        ordered = line.product_uom_id._compute_quantity(
            line.product_uom_qty, line.product_id.uom_id, round=False
        )
        for component, each in self.case._get_recipe(line.product_id).items():
            kept = self.ledger.kept[line.id][component]
            self.ledger.owed[line.id][component] = max(0.0, ordered * each - kept)

    def _record_moved(self, picking, sign):
        """Record the quantities that a transfer is about to move."""
        is_pick = picking.picking_type_id in self.case.warehouses.pick_type_id
        for move in picking.move_ids:
            line, component = move.sale_line_id, move.product_id
            quantity = sign * move.quantity
            if is_pick:
                self.ledger.picked[line.id][component] += quantity
                continue
            self.ledger.kept[line.id][component] += quantity
            if sign > 0:
                self.ledger.owed[line.id][component] -= quantity
                if line.order_id.warehouse_id.delivery_steps != "ship_only":
                    self.ledger.picked[line.id][component] -= quantity

    def _record_allowed(self):
        """An approval may make the available quantity negative."""
        for warehouse in self.case.warehouses:
            for component in self.case.components:
                atp = self.case._get(component, warehouse=warehouse)
                key = component, warehouse
                self.ledger.allowed[key] = max(self.ledger.allowed[key], -atp)

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    def _quote(self, which, quantity, place, in_dozens, whole):
        product = self._choose(self.case.sold, which)
        line = {"product_id": product.id, "product_uom_qty": quantity}
        if in_dozens:
            line["product_uom_id"] = self.case.dozen.id
        return self.case._create_order(
            line,
            warehouse_id=self.case.warehouses[place].id,
            picking_policy="one" if whole else "direct",
        )

    def _choose(self, records, which):
        return records[which % len(records)]

    def _to_line(self, line, quantity):
        return line.product_id.uom_id._compute_quantity(
            quantity, line.product_uom_id, rounding_method="UP"
        )

    def _get_confirmed(self):
        return self.orders.filtered(lambda order: order.state == "sale")

    def _get_lines(self):
        return self._get_confirmed().order_line

    def _get_splittable(self):
        return self._get_confirmed().filtered("is_backorder_splittable")

    def _get_ready(self):
        return self._get_confirmed().picking_ids.filtered(
            lambda picking: (
                picking.state == "assigned"
                or picking.state == "confirmed"
                and any(picking.move_ids.mapped("quantity"))
            )
        )

    def _get_returnable(self):
        """Return done transfers that were not returned or followed by another."""
        return self._get_confirmed().picking_ids.filtered(
            lambda picking: (
                picking.state == "done"
                and not picking.return_id
                and not picking.return_ids
                and not any(
                    move.state == "done" for move in picking.move_ids.move_dest_ids
                )
            )
        )


class DemandCommon(BackorderCommon):
    """Two warehouses, one with two-step delivery; products with several policies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        second = cls._create_warehouse("Second", "WH2", delivery_steps="pick_ship")
        cls.warehouses = cls.warehouse | second
        cls.components = cls.protected | cls.backorderable
        cls.sold = cls.components
        cls.opening = {cls.protected: 10, cls.backorderable: 4}

    def _get_recipe(self, product):
        """Return ``{component: quantity}`` of one unit of ``product``."""
        return {product: 1.0}

    def _run_machine(self, examples, steps):
        """Let hypothesis search for a sequence that breaks an invariant."""
        machine = type("Machine", (SellingMachine,), {"case": self})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                phases=set(Phase) - {Phase.shrink},
                stateful_step_count=steps,
                suppress_health_check=list(HealthCheck),
            ),
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from dataclasses import dataclass, replace
from types import MappingProxyType

from odoo import models
from odoo.tools import groupby

from ..exceptions import OrderValidationError
from ..transaction import TransactionVar

# Ids of order lines that grow by a decision.
GRANTED = TransactionVar(frozenset())
# Quantity that only changes its order, by product and warehouse; None where demand
# does not go from one order to another.
MOVED = TransactionVar()
# What the running confirmation could promise, by product and warehouse.
PROMISABLE = TransactionVar()
# The demand with which an order passed, by order id.
VERDICTS = TransactionVar(MappingProxyType({}))


@dataclass(frozen=True)
class Shortage:
    """One line that asks for more than can be promised; product's unit."""

    order: models.BaseModel
    line: models.BaseModel
    product: models.BaseModel
    warehouse: models.BaseModel
    requested: float
    available: float
    reason: str
    components: dict
    #: The open discrepancies that lock the product (B2).
    discrepancies: models.BaseModel | tuple = ()

    @property
    def shortfall(self):
        """What is missing; nothing where only a soft lock has to be acknowledged."""
        return max(0.0, self.requested - self.available)

    def get_unit_value(self):
        """Return what one unit is worth in the company's currency: the higher of
        net price and cost, so that a low price hides nothing."""
        company = self.order.company_id
        cost = self.product.with_company(company).sudo().standard_price
        return max(cost, self._get_unit_price(company))

    def _get_unit_price(self, company):
        line, quantity = self.line, self.line._get_product_qty()
        if line.product_id != self.product or not quantity:
            return 0.0
        price = line.currency_id._convert(
            line.price_subtotal, company.currency_id, company, round=False
        )
        return price / quantity


class OrderValidator(models.AbstractModel):
    """The only place where a requested quantity meets an available one (B3).

    Orders come in three ways: an order is confirmed, a confirmed line grows,
    or somebody types more on a delivery. All are judged alike: the demand of
    one product and warehouse is summed over all lines of all orders, and the
    phase of the company decides what follows.
    """

    _name = "order.validator"
    _description = "Order Validator"

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def _judge_orders(self, orders):
        """Judge ``orders`` as they are about to be confirmed.

        :return: the orders that have to wait for approval
        :raise OrderValidationError: naming every short line of every order that
            is refused
        """
        demand = orders.order_line._get_promise_demand()
        self._guard(demand)
        return self._apply_verdict(orders, self._find_obstacles(demand, orders))

    def _apply_verdict(self, orders, shortages):
        """Do with each short order what the phase of its company says."""
        by_order = defaultdict(list)
        for shortage in shortages:
            by_order[shortage.order].append(shortage)
        verdicts = {order: order._get_verdict(by_order[order]) for order in by_order}
        refused = [order for order, verdict in verdicts.items() if verdict == "refuse"]
        if refused:
            self._refuse(
                [shortage for order in refused for shortage in by_order[order]]
            )
        for order, verdict in verdicts.items():
            getattr(self, f"_apply_{verdict}")(order, by_order[order])
        orders.filtered(
            lambda order: verdicts.get(order) not in ("wait", "withhold")
        )._settle_override()
        return orders.filtered(lambda order: verdicts.get(order) == "wait")

    def _apply_pass(self, order, shortages):
        """Nothing stops the order; its override says who let it pass."""

    def _apply_record(self, order, shortages):
        self._log("order:would_block", order, shortages)

    def _apply_wait(self, order, shortages):
        order._request_override(shortages)

    def _apply_withhold(self, order, shortages):
        """A paid or signed order is confirmed; only its delivery waits."""
        order._request_override(shortages)
        if not order.warehouse_id:
            # Odoo refuses a confirmed order without one; nothing ships until decided
            order.warehouse_id = order._get_any_warehouse()

    # ------------------------------------------------------------------
    # Growing
    # ------------------------------------------------------------------

    def _judge_increase(self, demand, may_wait=False):
        """Judge demand that is added to confirmed orders.

        :param demand: as from ``sale.order.line._get_promise_demand``
        :param may_wait: whether the caller can leave the old quantity and ask
        :return: the shortages that have to wait for approval
        :raise OrderValidationError: where nobody can be asked, or the company
            refuses; the old quantity stays
        """
        if not demand:
            return []
        self._guard(demand)
        granted = GRANTED.get(self.env.cr)
        verdicts = defaultdict(list)
        for shortage in self._find_shortages(demand, None):
            if shortage.line._origin.id not in granted:
                verdict = self._get_increase_verdict(shortage, may_wait)
                verdicts[verdict].append(shortage)
        if verdicts["refuse"]:
            self._refuse(verdicts["refuse"])
        for shortage in verdicts["record"]:
            self._log("order:would_block", shortage.order, [shortage])
        return verdicts["wait"]

    def _get_increase_verdict(self, shortage, may_wait):
        """Return ``record``, ``wait`` or ``refuse``: the table of B9.

        Whoever may override does so with a reason, which only a request has.
        """
        company = shortage.order.company_id
        if company.promise_phase == "dark":
            return "record"
        if company.promise_phase == "hard" and company.shortage_policy == "block":
            return "refuse"
        return "wait" if may_wait else "refuse"

    def _granting(self, lines):
        """Let ``lines`` grow as somebody has just decided, within."""
        return GRANTED.setting(self.env.cr, frozenset(lines.ids))

    def _judge_moves(self, extra):
        """Judge what deliveries take beyond what their order lines ask for.

        Nobody can be asked for more on a delivery: the order is the place for it.

        :param extra: ``{move: additional quantity in the product's unit}``
        """
        self._judge_increase(
            [
                (
                    # any line names the order of a move that has none of its own
                    move.sale_line_id or move.picking_id.sale_id.order_line[:1],
                    move.product_id,
                    move.location_id.warehouse_id,
                    quantity,
                )
                for move, quantity in extra.items()
            ]
        )

    def _moving(self, demand):
        """Judge no second time, within, what only goes to another order (C7).

        :param demand: ``{(product, warehouse): quantity}`` in the product's unit;
            whatever is added beyond is judged as ever
        """
        return MOVED.setting(self.env.cr, dict(demand))

    def _leave_out_moved(self, demand):
        """Return ``demand`` without what another order has just given up."""
        moved = MOVED.get(self.env.cr)
        if not moved:
            return demand
        added = []
        for line, product, warehouse, quantity in demand:
            known = min(quantity, moved.get((product, warehouse), 0.0))
            moved[product, warehouse] = moved.get((product, warehouse), 0.0) - known
            if product.uom_id.compare(quantity, known) > 0:
                added.append((line, product, warehouse, quantity - known))
        return added

    def _may_override(self):
        return self.env.user.has_group("backorder_atp.group_inventory_manager")

    # ------------------------------------------------------------------
    # Measuring
    # ------------------------------------------------------------------

    def _guard(self, demand):
        """Let no other decision about the same stock happen at the same time."""
        self.env["stock.promise.guard"]._touch(self._get_guarded_keys(demand))

    def _get_guarded_keys(self, demand):
        return [
            (product.id, warehouse.id)
            for line, product, warehouse, _quantity in demand
            if warehouse and line.order_id.company_id.promise_phase != "dark"
        ]

    def _find_shortages(self, demand, excluded_orders, is_trial=False):
        """Return a :class:`Shortage` for each line that cannot be kept.

        Lines are served in their order, so that the last ones are short.

        :param is_trial: whether nothing is promised yet, so that nothing is said
        """
        demand = [row for row in demand if row[2]]
        products = self.env["product.product"].union(*(row[1] for row in demand))
        warehouses = self.env["stock.warehouse"].union(*(row[2] for row in demand))
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(products, warehouses, excluded_orders)
        )
        left = self._get_left(demand, availability, excluded_orders)
        if (promisable := PROMISABLE.get(self.env.cr)) is not None:
            promisable.update(left)
        policies = self._get_policies(products, warehouses)
        allowances = self._get_allowances(demand, availability, policies)
        locks = self.env["stock.discrepancy"]._get_open_locks(products, warehouses)
        if not is_trial:
            self._warn_of_discrepancies(demand, locks)
        shortages = []
        for row in demand:
            key = row[1].id, row[2].id
            available, left[key] = left[key], max(0.0, left[key] - row[3])
            available, reasons = self._judge_row(
                row, available, policies[key], allowances.get(key), locks.get(key)
            )
            if reasons:
                shortages.append(
                    self._prepare_shortage(
                        row, available, reasons, availability[key], locks.get(key)
                    )
                )
        return shortages

    def _get_left(self, demand, availability, excluded_orders):
        """Return ``{(product_id, warehouse_id): quantity}`` there is for ``demand``."""
        return {key: row["displayed"] for key, row in availability.items()}

    def _judge_row(self, row, available, policy, allowance, discrepancies):
        """Return what can be promised of a row of demand, and why not all of it.

        Where backorders are allowed up to a limit, only what is beyond it is short.
        """
        _line, product, _warehouse, quantity = row
        discrepancies = discrepancies or self.env["stock.discrepancy"]
        is_short = product.uom_id.compare(quantity, available) > 0
        reasons = self._get_reasons(is_short, policy, discrepancies)
        if not allowance:
            return available, reasons
        allowed = allowance.take(quantity)
        if not reasons and product.uom_id.compare(quantity, allowed) > 0:
            return allowed, [allowance.reason]
        return available, reasons

    def _prepare_shortage(self, row, available, reasons, components, discrepancies):
        line, product, warehouse, quantity = row
        return Shortage(
            line.order_id._origin or line.order_id,
            line,
            product,
            warehouse,
            quantity,
            available,
            "; ".join(reasons),
            components,
            discrepancies or self.env["stock.discrepancy"],
        )

    def _get_reasons(self, is_short, policy, discrepancies):
        """Return why a line cannot be kept as it is; nothing where it can.

        A hard lock makes the product short even where backorders are allowed; a soft
        one has to be acknowledged however much there is (B2).
        """
        is_allowed, source = policy
        reasons = discrepancies._get_lock_reasons(is_short)
        if is_short and not is_allowed:
            reasons.insert(0, self._get_reason(source))
        return reasons

    def _warn_of_discrepancies(self, demand, locks):
        """Let pass what is only monitored, but say so (B2)."""
        for order, rows in groupby(demand, lambda row: row[0].order_id):
            keys = {(product, warehouse) for _line, product, warehouse, _qty in rows}
            for product, warehouse in keys:
                own = locks.get((product.id, warehouse.id))
                if own and (monitored := own._filter_by_policy("monitor")):
                    monitored._warn_of_promise(order._origin or order)

    def _get_policies(self, products, warehouses):
        """Return ``{(product_id, warehouse_id): (is allowed, who says so)}``."""
        stock = {warehouse: warehouse.lot_stock_id for warehouse in warehouses.sudo()}
        policies = self.env["stock.level"]._get_policies(
            products, self.env["stock.location"].sudo().union(*stock.values())
        )
        return {
            (product.id, warehouse.id): policies[product.id, location.id]
            for product in products
            for warehouse, location in stock.items()
        }

    def _get_reason(self, source):
        return self.env._("backorders are not allowed (%s)", source)

    # ------------------------------------------------------------------
    # Warehouses (A6)
    # ------------------------------------------------------------------

    def _find_obstacles(self, demand, orders, is_trial=False):
        """Return what stands against confirming ``orders``: stock, or no warehouse."""
        return [
            *self._add_chance(demand, self._find_shortages(demand, orders, is_trial)),
            *self._find_unplaced(demand),
        ]

    def _add_chance(self, demand, shortages):
        """Return ``shortages`` and each line whose warehouse chance has chosen."""
        rows = self._filter_by_chance(demand)
        if not rows:
            return shortages
        known = {(row.line, row.product, row.warehouse): row for row in shortages}
        for row in rows:
            known[row[:3]] = self._add_chance_reason(row, known.get(row[:3]))
        return list(known.values())

    def _filter_by_chance(self, demand):
        """Return the rows of ``demand`` that ship from where nobody said."""
        orders = {row[0].order_id for row in demand}
        asking = {order for order in orders if order._is_warehouse_asked_for()}
        return [
            row
            for row in demand
            if row[0].order_id in asking and row[2] == row[0].order_id.warehouse_id
        ]

    def _add_chance_reason(self, row, shortage):
        reason = self._get_unplaced_reason()
        if shortage:
            return replace(shortage, reason=f"{shortage.reason}; {reason}")
        return self._prepare_shortage(row, row[3], [reason], {}, None)

    def _find_unplaced(self, demand):
        """Return a shortage for each line without a warehouse (A6)."""
        return [
            self._prepare_shortage(row, 0.0, [self._get_unplaced_reason()], {}, None)
            for row in demand
            if not row[2]
        ]

    def _is_stock_missing(self, shortages):
        """Whether it is not only a warehouse that has to be chosen."""
        return any(row.shortfall or row.discrepancies for row in shortages)

    def _get_unplaced_reason(self):
        return self.env._("no warehouse is chosen and several are possible")

    # ------------------------------------------------------------------
    # Orders judged already in this transaction
    # ------------------------------------------------------------------

    def _has_passed(self, order):
        passed = VERDICTS.get(self.env.cr).get(order.id)
        return passed is not None and passed == self._get_fingerprint(order)

    def _remembering(self, orders):
        """Judge ``orders`` no second time within, unless their demand changes."""
        verdicts = {order.id: self._get_fingerprint(order) for order in orders}
        cr = self.env.cr
        return VERDICTS.setting(cr, {**VERDICTS.get(cr), **verdicts})

    def _measuring(self):
        """Keep what could be promised for whoever asks within the same decision."""
        return PROMISABLE.setting(self.env.cr, {})

    def _get_fingerprint(self, order):
        return tuple(
            (
                line.id,
                line.product_id.id,
                line.product_uom_id.id,
                line.product_uom_qty,
                line.warehouse_id.id,
            )
            for line in order.order_line
        )

    # ------------------------------------------------------------------
    # Refusing
    # ------------------------------------------------------------------

    def _refuse(self, shortages):
        for order, own in self._group_by_order(shortages).items():
            self._log_refusal(order, own)
        raise OrderValidationError(self._get_message(shortages), shortages)

    def _group_by_order(self, shortages):
        groups = defaultdict(list)
        for shortage in shortages:
            groups[shortage.order].append(shortage)
        return groups

    def _get_message(self, shortages):
        """Return one message: every line that cannot be kept, why, and what to do."""
        unplaced = [shortage for shortage in shortages if not shortage.warehouse]
        short = [shortage for shortage in shortages if shortage.warehouse]
        parts = []
        if short:
            parts += self._get_message_part(
                short,
                self.env._("Not enough stock to promise this:"),
                self.env._(
                    "Lower the quantity, choose another warehouse, or ask an inventory"
                    " manager: by a policy for the product, or by an approval."
                ),
            )
        if unplaced:
            parts += self._get_message_part(
                unplaced,
                self.env._("The warehouse to ship from is not known:"),
                self.env._(
                    "Choose the warehouse on the order, or name one for its sales team"
                    " or its salesperson."
                ),
            )
        return "\n".join(parts).strip()

    def _get_message_part(self, shortages, title, advice):
        lines = ["", title]
        for order, own in self._group_by_order(shortages).items():
            lines += ["", order.name or ""]
            lines += [self._get_message_line(shortage) for shortage in own]
        return [*lines, "", advice]

    def _get_message_line(self, shortage):
        product = shortage.product
        if not shortage.warehouse:
            return f"• {product.display_name}: {shortage.reason}"
        return self.env._(
            "• %(product)s: requested %(requested)s, available %(available)s %(unit)s"
            " in %(warehouse)s; %(reason)s",
            product=product.display_name,
            requested=product.uom_id.round(shortage.requested),
            available=product.uom_id.round(shortage.available),
            unit=product.uom_id.name,
            warehouse=shortage.warehouse.sudo().name,
            reason=shortage.reason,
        )

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    def _log(self, event_type, order, shortages):
        self.env["backorder.event"]._log(
            event_type, **self._prepare_event(order, shortages)
        )

    def _log_refusal(self, order, shortages):
        self.env["backorder.event"]._log_after_rollback(
            "order:blocked", **self._prepare_event(order, shortages)
        )

    def _prepare_event(self, order, shortages):
        return {
            "order": order,
            "product": shortages[0].product if len(shortages) == 1 else None,
            "warehouse": shortages[0].warehouse if len(shortages) == 1 else None,
            "quantity": sum(shortage.shortfall for shortage in shortages),
            "payload": {
                "lines": [self._prepare_snapshot(shortage) for shortage in shortages]
            },
        }

    def _prepare_snapshot(self, shortage):
        """Return the numbers seen, as JSON."""
        return {
            "lineId": shortage.line._origin.id or False,
            "productId": shortage.product.id,
            "product": shortage.product.display_name,
            "warehouseId": shortage.warehouse.id,
            "required": shortage.requested,
            "available": shortage.available,
            "shortfall": shortage.shortfall,
            "reason": shortage.reason,
            "discrepancies": [record.name for record in shortage.discrepancies],
            "components": shortage.components,
        }

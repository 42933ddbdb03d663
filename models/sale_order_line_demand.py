# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models

from ..decision import Demand
from .stock_availability_source import OPEN_MOVE_STATES


class SaleOrderLine(models.Model):
    """The open demand of a line: ordered, less delivered, plus returned.

    Computed on demand from the line and its moves, for decisions and reports.
    Quantities are in the product's unit.
    """

    _inherit = "sale.order.line"

    # ------------------------------------------------------------------
    # Open demand
    # ------------------------------------------------------------------

    def _get_promise_demand(self):
        """Return the open demand of these lines from stock.

        :return: list of ``Demand(line, product, warehouse, quantity)``, the quantity
            in the product's unit, rounded as deliveries are; nothing for what is
            covered by its own supply
        """
        parts = self._get_missing_parts()
        own_supply = self._find_own_supply([part[:2] for part in parts])
        return [
            Demand(
                line, product, line.warehouse_id or line.order_id.warehouse_id, quantity
            )
            for line, product, quantity in parts
            if (line, product) not in own_supply
        ]

    def _get_missing_parts(self):
        """Return ``[(line, product, quantity)]``, whatever the supply method."""
        lines = self.filtered(
            lambda line: line._needs_stock() and line.product_uom_qty > 0
        )
        ordered = lines._get_ordered_quantities()
        delivered = lines._get_delivered_quantities()
        return [
            (line, product, missing)
            for line in lines
            for product, quantity in line._get_promise_components(ordered[line])
            if product.uom_id.compare(
                missing := quantity
                - max(0.0, delivered.get((line._origin.id, product._origin.id), 0.0)),
                0.0,
            )
            > 0
        ]

    def _get_ordered_quantities(self):
        """Return ``{line: quantity}`` as deliveries will demand it.

        Deliveries are in the product's unit. What rounding adds to one line of an
        order is deducted from the next.
        """
        converted = self.filtered(lambda line: line._is_converted())
        return {
            **{line: line._get_product_qty() for line in self - converted},
            **converted._get_rounded_quantities(),
        }

    def _is_converted(self):
        """Whether the delivery has another unit than the order."""
        return self.product_uom_id != self.product_id.uom_id

    def _get_rounded_quantities(self):
        """Return ``{line: quantity}``, rounded with the other lines of each order."""
        rounded, carried = {}, defaultdict(float)
        for line in self._with_converted_siblings():
            key = (line.order_id._origin, line.product_id._origin, line.warehouse_id)
            exact = line._get_product_qty()
            rounded[line] = line.product_id.uom_id.round(
                exact + carried[key], rounding_method="HALF-UP"
            )
            carried[key] += exact - rounded[line]
        return rounded

    def _with_converted_siblings(self):
        """Yield the converted lines of these orders, with their pending changes."""
        changed = {line._origin: line for line in self if line._origin}
        for line in self.order_id._origin.order_line:
            line = changed.get(line, line)
            if line._is_converted():
                yield line
        yield from self.filtered(lambda line: not line._origin)

    # ------------------------------------------------------------------
    # Demand of a line
    # ------------------------------------------------------------------

    def _needs_stock(self):
        """Whether the line takes stock from a warehouse."""
        self.ensure_one()
        return bool(
            not self.display_type
            and self.product_id.is_storable
            and not self.product_id._is_left_to_odoo()
        )

    def _get_product_qty(self):
        """Return the ordered quantity in the product's unit, not rounded."""
        self.ensure_one()
        return self._to_product_unit(self.product_uom_qty)

    def _to_product_unit(self, quantity):
        """Return ``quantity`` of the line's unit in the product's, not rounded."""
        return self.product_uom_id._convert_quantity(
            quantity, self.product_id.uom_id, round=False
        )

    def _get_promise_components(self, quantity=None):
        """Return ``[(product, quantity)]`` taken from stock; of a kit, its parts.

        :param quantity: of the line's product in its unit; by default, as ordered
        """
        self.ensure_one()
        if quantity is None:
            quantity = self._get_product_qty()
        return [(self.product_id, quantity)]

    def _filter_own_supply(self):
        """Return the make-to-order, manufactured and drop-shipped lines."""
        parts = {
            line: [(line, part) for part in line._get_parts_of_one()] for line in self
        }
        own_supply = self._find_own_supply(
            [pair for own in parts.values() for pair in own]
        )
        return self.filtered(
            lambda line: all(pair in own_supply for pair in parts[line])
        )

    @api.model
    def _find_own_supply(self, parts):
        """Return those ``(line, product)`` with a procurement of their own.

        The first rule to customers among the routes of the line, the product and
        its category applies; a warehouse's own route takes from stock.
        """
        routes = {
            (line, product): line._get_supply_routes(product) for line, product in parts
        }
        all_routes = self.env["stock.route"].union(
            *[r for own in routes.values() for r in own]
        )
        if not all_routes:
            return set()
        rules = (
            self.env["stock.rule"]
            .sudo()
            .search(
                [
                    ("route_id", "in", all_routes.ids),
                    ("location_dest_id.usage", "=", "customer"),
                    ("action", "!=", "push"),
                ],
                order="route_sequence, sequence",
            )
        )
        return {
            (line, product)
            for (line, product), own in routes.items()
            if line._is_own_supply(own, rules)
        }

    def _get_supply_routes(self, product):
        """Return the routes that precede the warehouse's, most specific first."""
        product = product.sudo()
        return [
            self.route_ids.sudo(),
            product.route_ids,
            product.categ_id.total_route_ids,
        ]

    def _is_own_supply(self, routes, rules):
        warehouse = self.warehouse_id or self.order_id.warehouse_id
        for own_routes in routes:
            fitting = rules.filtered(
                lambda rule, own_routes=own_routes: (
                    rule.route_id in own_routes
                    and rule.warehouse_id in (warehouse, rule.warehouse_id.browse())
                    and rule.company_id in (self.company_id, rule.company_id.browse())
                )
            )
            if fitting:
                return fitting[0]._is_own_supply()
        return False

    # ------------------------------------------------------------------
    # Value
    # ------------------------------------------------------------------

    def _get_promise_unit_value(self, product):
        """Return the value of one unit of ``product`` in the company's currency: the
        higher of net price and cost."""
        company = self.order_id.company_id
        cost = product.with_company(company).sudo().standard_price
        return max(cost, self._get_promise_unit_price(product, company))

    def _get_promise_unit_price(self, product, company):
        if self.product_id != product or not (quantity := self._get_product_qty()):
            return 0.0
        price = self.currency_id._convert(
            self.price_subtotal, company.currency_id, company, round=False
        )
        return price / quantity

    # ------------------------------------------------------------------
    # Delivered, and launched
    # ------------------------------------------------------------------

    def _get_delivered_quantities(self):
        """Return what customers received and kept: ``{(line_id, product_id): qty}``.

        For a kit, its components. Extend it if goods reach a customer in another way
        than by a delivery of the order.
        """
        delivered = defaultdict(float)
        for move in self._origin.sudo().move_ids:
            if move.state == "done" and (sign := move._get_delivery_sign()):
                key = (move.sale_line_id.id, move.product_id.id)
                delivered[key] += sign * move._get_moved_product_qty()
        return delivered

    def _get_launched_demand(self):
        """Return the demand of launched deliveries and of withheld ones.

        :return: ``{(line_id, product, warehouse): quantity}``
        """
        demand = defaultdict(float)
        withheld = self.filtered(lambda line: line._is_demand_withheld())
        for line, product, warehouse, quantity in withheld._get_promise_demand():
            demand[line.id, product, warehouse] += quantity
        for move in self._get_launched_moves():
            key = (move.sale_line_id.id, move.product_id, move.location_id.warehouse_id)
            demand[key] += move._get_own_demand()
        return demand

    def _get_launched_moves(self):
        return self.sudo().move_ids.filtered(
            lambda move: move.state in OPEN_MOVE_STATES and move._serves_customer()
        )

    def _is_demand_withheld(self):
        """Whether the delivery of the checked line is not launched yet."""
        return not self.move_ids and self.order_id._is_delivery_withheld()

    # ------------------------------------------------------------------
    # Deliveries of what was promised
    # ------------------------------------------------------------------

    def _create_procurements(self, product_qty, procurement_uom, values):
        """Procure what was promised: if units differ, rounded once per order."""
        if self._is_rounded_by_order(procurement_uom):
            target = self.order_id.order_line._get_ordered_quantities()[self]
            product_qty = procurement_uom.round(
                target - self._get_procured_quantity(), rounding_method="HALF-UP"
            )
            if procurement_uom.is_zero(product_qty):
                return []
        return super()._create_procurements(product_qty, procurement_uom, values)

    def _is_rounded_by_order(self, procurement_uom):
        """Whether this delivers the product itself, in another unit than ordered."""
        return (
            self._is_converted()
            and procurement_uom == self.product_id.uom_id
            and self.product_id.is_storable
            and self.move_ids.product_id <= self.product_id
            and self.company_id.promise_phase != "dark"
        )

    def _get_procured_quantity(self):
        """Return what is delivered or launched, in the product's unit."""
        delivered = self._get_delivered_quantities()[self.id, self.product_id.id]
        launched = self._get_launched_moves()
        return delivered + sum(move._get_own_demand() for move in launched)

    def _get_orders_with_own_stock(self):
        """Return the quotations that may have committed or reserved stock already.

        They are checked one by one, so that they do not compete with themselves.
        """
        return self.order_id.filtered("requires_inventory_override")

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from math import ceil

from odoo import models

from odoo.addons.backorder_atp.dates import HORIZON_DAYS
from odoo.addons.backorder_atp_promise_date.free_supply import EPSILON

from .promise_alternative import Alternative


class PromiseAlternative(models.AbstractModel):
    """The kinds of alternatives."""

    _inherit = "promise.alternative"

    def _get_line_alternatives(self, line, stock):
        """Return every alternative of ``line``; extend it for further kinds."""
        own = self._prepare_own(line, stock.clone())
        rows = [own]
        if line._may_ship_from_elsewhere():
            others = self._get_other_places(line, stock)
            rows += others + self._get_splits(own, others, stock)
        rows += self._get_transfers(own, stock)
        rows += self._get_substitutes(line, stock)
        return [row for row in rows if row.is_of_use]

    def _get_today(self, line):
        return self.env["stock.availability"]._get_today(line.company_id)

    # ------------------------------------------------------------------
    # One warehouse
    # ------------------------------------------------------------------

    def _prepare_own(self, line, stock):
        """Return the alternative to keep the line and what it has already."""
        here = line._get_serving_warehouse()
        demand, covered = line._get_open_demand(), line._get_covered_qty()
        components = stock.get_components(line)
        part = covered / demand if demand else 1.0
        stock.take(line, here, self._get_today(line), part)
        row = Alternative(
            kind="own",
            line=line,
            product=line.product_id,
            warehouse=here,
            quantity=demand - covered,
            is_here=True,
        )
        left = {product: qty * (1 - part) for product, qty in components.items()}
        self._measure(row, left, stock)
        for name in ("quantity", "available_qty", "on_time_qty"):
            setattr(row, name, getattr(row, name) + covered)
        return row

    def _get_other_places(self, line, stock):
        return [
            self._prepare_place("warehouse", line, warehouse, stock)
            for warehouse in stock.get_warehouses(line.company_id)
            - line._get_serving_warehouse()
        ]

    def _prepare_place(self, kind, line, warehouse, stock):
        """Return the alternative to ship the line from ``warehouse``."""
        row = Alternative(
            kind=kind,
            line=line,
            product=line.product_id,
            warehouse=warehouse,
            quantity=line._get_open_demand(),
            is_here=warehouse == line._get_serving_warehouse(),
        )
        return self._measure(row, stock.get_components(line), stock)

    def _measure(self, row, components, stock):
        """Set the quantities now and by the requested day, and the day of all of it."""
        today, wanted = self._get_today(row.line), row.line._get_stock_day()
        row.available_qty = self._get_part(row, components, stock, today)
        row.on_time_qty = self._get_part(row, components, stock, wanted)
        row.stock_day = stock.find(components, row.warehouse)
        row.earliest = stock.get_earliest(components, row.warehouse)
        return row

    def _get_part(self, row, components, stock, day):
        share = stock.get_share(components, row.warehouse, day)
        if share >= 1 - EPSILON:
            return row.quantity
        return row.product.uom_id.round(row.quantity * share, rounding_method="DOWN")

    # ------------------------------------------------------------------
    # The whole order
    # ------------------------------------------------------------------

    def _get_whole_alternatives(self, order, stock):
        """Return the alternatives to ship the whole order from one warehouse."""
        lines = order.order_line._filter_served_from_stock()
        if len(lines) < 2 or not all(line._may_move() for line in lines):
            return []
        rows = [
            self._prepare_whole(lines, warehouse, stock.clone())
            for warehouse in stock.get_warehouses(order.company_id)
        ]
        return [row for row in rows if row.is_of_use]

    def _prepare_whole(self, lines, warehouse, stock):
        """Return the alternative to ship all ``lines`` from ``warehouse``."""
        rows = []
        for line in lines:
            rows.append(self._prepare_place("order", line, warehouse, stock))
            stock.take(line, warehouse, line._get_stock_day())
        days = [row.stock_day for row in rows]
        return Alternative(
            kind="order",
            line=lines[0],
            product=lines.product_id.browse(),
            warehouse=warehouse,
            quantity=len(lines),
            available_qty=sum(row.is_full for row in rows),
            on_time_qty=sum(row.is_on_time for row in rows),
            stock_day=None if None in days else max(days),
            is_here=warehouse == lines._get_serving_warehouse(),
        )

    # ------------------------------------------------------------------
    # Several warehouses together
    # ------------------------------------------------------------------

    def _get_splits(self, own, others, stock):
        """Return the split with the most by the requested day, if it is more.

        First the current warehouse, then those with the most. The rest stays on the
        line. Kits are not split.
        """
        if not own.line._may_be_split_over_warehouses():
            return []
        if list(stock.get_components(own.line)) != [own.product]:
            return []
        parts = self._plan_split(own, others)
        best = max(row.on_time_qty for row in (own, *others))
        if own.product.uom_id.compare(sum(parts.values()), best) <= 0:
            return []
        return [self._prepare_split(own, parts, stock)]

    def _plan_split(self, own, others):
        """Return ``{warehouse: quantity}`` by the requested day, in line units."""
        line, left, parts = own.line, own.quantity, {}
        most_first = sorted(others, key=lambda row: -row.on_time_qty)
        for row in (own, *most_first):
            part = line._round_down_to_line_unit(min(left, row.on_time_qty))
            if part > 0:
                parts[row.warehouse] = part
                left -= part
        return parts

    def _prepare_split(self, own, parts, stock):
        line, here = own.line, own.warehouse
        rest = own.quantity - sum(parts.values())
        stays = parts.get(here, 0.0) + rest
        today, stock_day = self._get_today(line), line._get_stock_day()
        if rest > EPSILON:
            stock_day = stock.find({own.product: stays}, here)
        return Alternative(
            kind="split",
            line=line,
            product=own.product,
            warehouse=here,
            quantity=own.quantity,
            available_qty=sum(
                min(part, stock.get_available(own.product, warehouse, today))
                for warehouse, part in parts.items()
            ),
            on_time_qty=sum(parts.values()),
            stock_day=stock_day,
            parts=self._get_split_parts(own, parts),
        )

    def _get_split_parts(self, own, parts):
        """Return ``((warehouse, quantity in the line's unit), ...)``, all of it."""
        line = own.line
        others = [
            (warehouse, line._to_line_unit(part))
            for warehouse, part in parts.items()
            if warehouse != own.warehouse
        ]
        left = line.product_uom_id.round(
            line.product_uom_qty - sum(quantity for _warehouse, quantity in others)
        )
        return ((own.warehouse, left), *others) if left > 0 else tuple(others)

    # ------------------------------------------------------------------
    # Transfers
    # ------------------------------------------------------------------

    def _get_transfers(self, own, stock):
        """Return the transfers of the missing quantity along resupply routes."""
        missing = own.quantity - own.on_time_qty
        is_kit = list(stock.get_components(own.line)) != [own.product]
        if is_kit or missing <= EPSILON:
            return []
        return [
            self._prepare_transfer(own, route, missing, stock)
            for route in own.warehouse.sudo().resupply_route_ids
            if route.active and route.supplier_wh_id in stock.warehouses
        ]

    def _prepare_transfer(self, own, route, missing, stock):
        """Return the alternative to transfer the missing quantity along ``route``."""
        product, source = own.product, route.supplier_wh_id.with_env(self.env)
        delay = timedelta(days=self._get_transfer_days(route))
        today, wanted = self._get_today(own.line), own.line._get_stock_day()
        leaves = stock.find({product: missing}, source)
        brought = 0.0
        if wanted - delay >= today:
            brought = min(missing, stock.get_available(product, source, wanted - delay))
        return Alternative(
            kind="transfer",
            line=own.line,
            product=product,
            warehouse=own.warehouse,
            quantity=own.quantity,
            available_qty=own.available_qty,
            on_time_qty=own.on_time_qty + brought,
            stock_day=max(wanted, leaves + delay) if leaves else None,
            source=source,
            transfer_qty=missing if leaves == today else 0.0,
            lead_days=delay.days,
        )

    def _get_transfer_days(self, route):
        """Return how many days the rules of a resupply route take."""
        rules = route.rule_ids.filtered(lambda rule: rule.action != "push")
        return min(ceil(sum(rules.mapped("delay"))), HORIZON_DAYS)

    # ------------------------------------------------------------------
    # Substitutes
    # ------------------------------------------------------------------

    def _get_substitute_rows(self, line, stock):
        """Return ``[(substitute, quantity in its unit, note)]`` of a line."""
        if not line._may_be_substituted():
            return []
        return [
            (substitute, line._get_substitute_qty(substitute), note)
            for substitute, note in stock.substitutes.get(line.product_id, ())
            if line.product_uom_id._has_common_reference(substitute.uom_id)
        ]

    def _get_substitutes(self, line, stock):
        """Return each substitute, from the best warehouse for it."""
        places = line._get_serving_warehouse()
        if line._may_ship_from_elsewhere() and line.state != "sale":
            places = stock.get_warehouses(line.company_id)
        company = line.company_id.sudo()
        return [
            self._rank(
                [
                    self._prepare_substitute(line, *row, place, stock)
                    for place in places
                ],
                company,
            )[0]
            for row in self._get_substitute_rows(line, stock)
        ]

    def _prepare_substitute(self, line, substitute, quantity, note, warehouse, stock):
        row = Alternative(
            kind="substitute",
            line=line,
            product=substitute,
            warehouse=warehouse,
            quantity=quantity,
            is_here=warehouse == line._get_serving_warehouse(),
            note=note or "",
        )
        components = line._get_substitute_components(substitute, quantity)
        if components:
            return self._measure(row, components, stock)
        # products that are not stored are always available
        row.available_qty = row.on_time_qty = quantity
        row.stock_day = line._get_stock_day()
        return row

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models

from odoo.addons.backorder_atp.exceptions import OrderValidationError


class PromiseDecision(models.AbstractModel):
    """A hold asks for stock as an order does."""

    _inherit = "promise.decision"

    def _check_holds(self, holds):
        """Refuse new holds of more than can be promised, in every phase.

        :raise OrderValidationError: naming each product, what is asked for and what
            is available; nothing is held then
        """
        holds._touch_guard()
        asked = defaultdict(float)
        for hold in holds:
            asked[hold.product_id, hold.warehouse_id] += hold.quantity
        availability = self.env["stock.availability"].get_availability(
            holds.product_id, holds.warehouse_id, components=["atp"]
        )
        locks = self.env["stock.discrepancy"]._get_open_locks(
            holds.product_id, holds.warehouse_id
        )
        short = []
        for (product, warehouse), quantity in asked.items():
            # the holds exist already, and take part in what is left
            left = availability[product.id, warehouse.id]["atp"]
            own = locks.get((product.id, warehouse.id))
            phase = warehouse.company_id.sudo().promise_phase
            if own and phase != "dark" and own._filter_by_policy("hard"):
                left = -quantity
            if product.uom_id.compare(left, 0) < 0:
                available = max(0.0, left + quantity)
                short.append((product, warehouse, quantity, available))
        if short:
            raise OrderValidationError(self._get_hold_message(short))

    def _get_hold_message(self, short):
        lines = [self.env._("Not enough stock to hold this:")]
        lines += [
            self.env._(
                "• %(product)s: asked for %(asked)s, available %(available)s %(unit)s"
                " in %(warehouse)s",
                product=product.display_name,
                asked=product.uom_id.round(quantity),
                available=product.uom_id.round(available),
                unit=product.uom_id.name,
                warehouse=warehouse.sudo().name,
            )
            for product, warehouse, quantity, available in short
        ]
        lines.append(
            self.env._("Hold less, choose another warehouse, or wait for stock.")
        )
        return "\n".join(lines)

    def _check_increase(self, demand, may_wait=False):
        """Judge what holds for the customer do not cover of what his orders add."""
        self._guard(demand)
        holds = self.env["stock.soft.reservation"]
        covered = holds._get_coverage(demand)
        if not covered:
            return super()._check_increase(demand, may_wait)
        uncovered = list(self._get_uncovered(demand, covered))
        waiting = super()._check_increase(uncovered, may_wait)
        lines = {shortage.line for shortage in waiting}
        holds._consume([row for row in demand if row[0] not in lines])
        return waiting

    def _get_uncovered(self, demand, covered):
        """Yield the rows of ``demand`` less what ``covered`` has of them."""
        covered = dict(covered)
        for line, product, warehouse, quantity in demand:
            key = (line.order_id._origin.id, product.id, warehouse.id)
            part = min(quantity, covered.get(key, 0.0))
            if part:
                covered[key] -= part
            if product.uom_id.compare(quantity, part) > 0:
                yield line, product, warehouse, quantity - part

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models

from odoo.addons.backorder_atp.exceptions import OrderValidationError


class PromiseDecision(models.AbstractModel):
    """Soft reservations are checked like orders."""

    _inherit = "promise.decision"

    def _check_soft_reservations(self, reservations):
        """Refuse to reserve more than can be promised, in every phase.

        :raise OrderValidationError: naming each product, the requested and the
            available quantity; nothing is reserved then
        """
        reservations._claim()
        short = self._find_short_reservations(reservations)
        if short:
            self.env["stock.promise.guard"]._settle_unseen(
                {(product.id, warehouse.id) for product, warehouse, *_ in short}
            )
            short = self._find_short_reservations(reservations)
        if short:
            raise OrderValidationError(self._get_soft_reservation_message(short))

    def _find_short_reservations(self, reservations):
        """Return ``[(product, warehouse, requested, available)]`` of what cannot be
        reserved."""
        requested = defaultdict(float)
        for reservation in reservations:
            requested[reservation.product_id, reservation.warehouse_id] += (
                reservation.quantity
            )
        availability = self.env["stock.availability"].get_availability(
            reservations.product_id, reservations.warehouse_id, components=["atp"]
        )
        locks = self.env["stock.discrepancy"]._get_open_locks(
            reservations.product_id, reservations.warehouse_id
        )
        short = []
        for (product, warehouse), quantity in requested.items():
            # the new soft reservations exist already and count here
            left = availability[product.id, warehouse.id]["atp"]
            own = locks.get((product.id, warehouse.id))
            phase = warehouse.company_id.sudo().promise_phase
            if own and phase != "dark" and own._filter_by_policy("hard"):
                left = -quantity
            if product.uom_id.compare(left, 0) < 0:
                available = max(0.0, left + quantity)
                short.append((product, warehouse, quantity, available))
        return short

    def _get_soft_reservation_message(self, short):
        lines = [self.env._("There is not enough stock to reserve:")]
        lines += [
            self.env._(
                "• %(product)s: requested %(requested)s, available %(available)s"
                " %(unit)s in %(warehouse)s",
                product=product.display_name,
                requested=product.uom_id.round(quantity),
                available=product.uom_id.round(available),
                unit=product.uom_id.name,
                warehouse=warehouse.sudo().name,
            )
            for product, warehouse, quantity, available in short
        ]
        lines.append(
            self.env._(
                "Reduce the quantity, choose another warehouse or wait for stock."
            )
        )
        return "\n".join(lines)

    def _get_claimed(self, demand):
        """Do not claim again what is soft reserved for the same order."""
        claimed = super()._get_claimed(demand)
        covered = self.env["stock.soft.reservation"]._get_coverage(demand)
        for (_order_id, *key), quantity in covered.items():
            if tuple(key) in claimed:
                claimed[tuple(key)] = max(0.0, claimed[tuple(key)] - quantity)
        return claimed

    def _check_increase(self, demand, can_be_approved=False):
        """Check only the added demand that soft reservations do not cover."""
        reservations = self.env["stock.soft.reservation"]
        covered = reservations._get_coverage(demand)
        if not covered:
            return super()._check_increase(demand, can_be_approved)
        uncovered = list(self._get_uncovered(demand, covered))
        pending = super()._check_increase(uncovered, can_be_approved)
        lines = {shortage.line for shortage in pending}
        reservations._consume([row for row in demand if row[0] not in lines])
        return pending

    def _get_uncovered(self, demand, covered):
        """Yield the rows of ``demand`` less the ``covered`` quantities."""
        covered = dict(covered)
        for line, product, warehouse, quantity in demand:
            key = (line.order_id._origin.id, product.id, warehouse.id)
            part = min(quantity, covered.get(key, 0.0))
            if part:
                covered[key] -= part
            if product.uom_id.compare(quantity, part) > 0:
                yield line, product, warehouse, quantity - part

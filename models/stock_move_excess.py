# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models
from odoo.tools import groupby

from ..exceptions import OrderValidationError
from .stock_availability_source import OPEN_MOVE_STATES


class StockMove(models.Model):
    """Deliveries beyond the ordered quantity are refused or need a manager."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        self._check_excess(
            {
                move: move._get_moved_product_qty()
                for move in self
                if move.picked and move.state in OPEN_MOVE_STATES
            }
        )
        return super()._action_done(cancel_backorder=cancel_backorder)

    # ------------------------------------------------------------------
    # Measuring
    # ------------------------------------------------------------------

    @api.model
    def _check_excess(self, added):
        """Refuse, warn of or record deliveries beyond the orders.

        :param added: ``{move: quantity delivered now}`` in the product's unit
        :raise OrderValidationError: in the enforce phase, unless an inventory manager
            validates it or it is a physical fact
        """
        excess = self._get_excess(added)
        if not excess:
            return
        by_phase = defaultdict(list)
        for row in self._filter_beyond_tolerance(excess):
            by_phase[row["order"].company_id.sudo().promise_phase].append(row)
        if by_phase["hard"] and not self._may_deliver_excess(added):
            self._refuse_excess(by_phase["hard"])
        if by_phase["soft"]:
            self.env["backorder.event"]._warn_user(
                self._get_excess_message(
                    self.env._("More was delivered than ordered:"), by_phase["soft"]
                )
            )
        self._log_excess(excess)

    @api.model
    def _may_deliver_excess(self, added):
        """Whether a manager validates it, or it is a fact (shipped by a vendor)."""
        return self.env["promise.decision"]._may_override() or all(
            move._is_physical_fact() or move.location_id.usage == "supplier"
            for move in added
        )

    @api.model
    def _get_excess(self, added):
        """Return a dict for each product delivered beyond its order."""
        rows = []
        moves = [move for move in added if move._delivers_for_order()]
        for (line, product, is_last), own in groupby(moves, self._get_excess_key):
            quantity = sum(added[move] for move in own)
            own = self.union(*own)
            left = own._get_undelivered(line, product, is_last)
            if product.uom_id.compare(quantity, left) > 0:
                rows.append(
                    {
                        "order": own[:1].sudo()._get_promise_order(),
                        "line": line,
                        "product": product,
                        "quantity": quantity - left,
                        "moves": own,
                    }
                )
        return rows

    @api.model
    def _filter_beyond_tolerance(self, rows):
        """Leave out excess within the company's tolerance if the stock is free."""
        tolerated = [self._is_tolerated(row) for row in rows]
        if not any(tolerated):
            return rows
        free = self._get_free_for_excess(rows)
        beyond = []
        for row, is_tolerated in zip(rows, tolerated, strict=True):
            key = row["product"], row["moves"].location_id.warehouse_id[:1]
            # outbound goods were free when they were picked
            is_free = key not in free or (
                row["product"].uom_id.compare(row["quantity"], free[key]) <= 0
            )
            if not (is_free and is_tolerated):
                beyond.append(row)
            elif key in free:
                free[key] -= row["quantity"]
        return beyond

    @api.model
    def _is_tolerated(self, row):
        """Whether the excess is within the over-delivery tolerance of the company."""
        line, product = row["line"], row["product"]
        tolerance = row["order"].company_id.sudo().over_delivery_tolerance
        if not (line and tolerance):
            return False
        ordered = dict(
            line._get_promise_components(line._get_ordered_quantities()[line])
        ).get(product, 0.0)
        delivered = line._get_delivered_quantities()[line.id, product.id]
        excess = row["quantity"] + max(0.0, delivered - ordered)
        return product.uom_id.compare(excess, ordered * tolerance / 100) <= 0

    @api.model
    def _get_free_for_excess(self, rows):
        """Return ``{(product, warehouse): quantity not promised}``."""
        moves = self.union(*(row["moves"] for row in rows)).sudo()
        moves = moves.filtered(lambda move: move._takes_own_stock())
        displayed = moves._get_displayed()
        return {
            (product, warehouse): displayed[product.id, warehouse.id]
            for product, warehouse in (
                (move.product_id, move.location_id.warehouse_id) for move in moves
            )
        }

    @api.model
    def _get_excess_key(self, move):
        is_last = bool(move.location_dest_id._is_outgoing())
        return move._get_requesting_line(), move.product_id, is_last

    def _delivers_for_order(self):
        """Whether these goods leave, or are picked, for an order."""
        move = self.sudo()
        if not (move._get_promise_order() and move.product_id.is_storable):
            return False
        if move.location_dest_id._is_outgoing():
            return move._get_delivery_sign() > 0
        return move._takes_promised_stock()

    def _get_requesting_line(self):
        """Return the order line of these goods, if any."""
        move = self.sudo()
        return (
            move.sale_line_id
            or move._get_promise_order().order_line.filtered(
                lambda line: line.product_id == move.product_id
            )[:1]
        )

    def _get_undelivered(self, line, product, is_last):
        """Return the quantity allowed for ``line``, in the product's unit.

        For kit components, and before the last step, it is the demand of the moves.
        """
        if not line:
            return 0.0
        if is_last and line.product_id == product:
            delivered = line._get_delivered_quantities()[line.id, product.id]
            return max(0.0, line._get_ordered_quantities()[line] - delivered)
        open_moves = self.filtered(lambda move: move.state in OPEN_MOVE_STATES)
        return sum(open_moves.mapped("product_qty"))

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    @api.model
    def _refuse_excess(self, rows):
        for row in rows:
            self.env["backorder.event"]._log_after_rollback(
                "order:blocked", **self._prepare_excess_event(row)
            )
        raise OrderValidationError(
            "\n".join(
                [
                    self._get_excess_message(
                        self.env._("More would be delivered than ordered:"), rows
                    ),
                    self.env._(
                        "Increase the ordered quantity first, or let an inventory"
                        " manager validate the transfer."
                    ),
                ]
            )
        )

    def _get_excess_message(self, headline, rows):
        return "\n".join([headline, *map(self._get_excess_line, rows)])

    def _get_excess_line(self, row):
        product = row["product"]
        return self.env._(
            "• %(order)s, %(product)s: %(quantity)s %(unit)s too many",
            order=row["order"].name,
            product=product.display_name,
            quantity=product.uom_id.round(row["quantity"]),
            unit=product.uom_id.name,
        )

    @api.model
    def _log_excess(self, rows):
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "order:over_delivered",
                    **self._prepare_excess_event(row),
                }
                for row in rows
            ]
        )

    def _prepare_excess_event(self, row):
        return {
            "order": row["order"],
            "product": row["product"],
            "warehouse": row["moves"][:1].location_id.warehouse_id,
            "quantity": row["quantity"],
            "payload": {
                "lineId": row["line"].id,
                "transfers": row["moves"].picking_id.mapped("name"),
                "ordered": row["line"]._get_product_qty() if row["line"] else 0.0,
                "excess": row["quantity"],
            },
        }

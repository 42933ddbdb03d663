# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from markupsafe import Markup

from odoo import api, models

from ..exceptions import InsufficientStockError
from ..transaction import TransactionVar
from .stock_availability_source import OPEN_MOVE_STATES

TAKEN_ACTIVITY = "backorder_atp.mail_activity_type_alert"

# The reservations of orders before the running operation took some of them, whether
# it could still have been refused, and what took them.
RESERVED = TransactionVar()


class StockMove(models.Model):
    """Reserved goods of an order cannot be taken, except by physical facts.

    Odoo lets any transfer take them, and silently unreserves the order.
    """

    _inherit = "stock.move"

    # ------------------------------------------------------------------
    # While goods are moved
    # ------------------------------------------------------------------

    def _record_reservations(self, product, location):
        """Record the reservations of orders before this move takes from them."""
        reserved = RESERVED.get(self.env.cr)
        if reserved is None:
            return
        for move in self._find_reservations(product, location):
            quantity, is_chosen, _taker = reserved.get(
                move.id, (move._get_reserved_product_qty(), False, "")
            )
            reserved[move.id] = (
                quantity,
                is_chosen or not self._must_take(),
                self.reference or self.origin or self.env._("a stock move"),
            )

    def _record_picked(self, product, location, **parts):
        """Record the loss of orders whose goods are already picked.

        Odoo keeps the goods reserved for them although they are gone.
        """
        reserved = RESERVED.get(self.env.cr)
        if not reserved:
            return
        free = self.env["stock.quant"]._get_available_quantity(
            product, location, **parts, strict=True, allow_negative=True
        )
        noted = self._find_reservations(product, location)
        for move in noted.filtered(lambda move: move.id in reserved):
            lost = min(-free, move._get_quantity_picked_at(location))
            if product.uom_id.compare(lost, 0) > 0:
                quantity, *others = reserved[move.id]
                reserved[move.id] = (quantity + lost, *others)
                free += lost

    def _get_quantity_picked_at(self, location):
        picked = self.move_line_ids.filtered(
            lambda line: line.picked and line.location_id == location
        )
        return sum(picked.mapped("quantity_product_uom"))

    def _find_reservations(self, product, location):
        """Return the moves of other orders that have reserved ``product`` there."""
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "=", location.id),
                    ("state", "in", OPEN_MOVE_STATES),
                    ("quantity_product_uom", ">", 0),
                    ("move_id", "not in", self.ids),
                ]
            )
        )
        own_order = self.sudo()._get_promise_order()
        return lines.move_id.filtered(
            lambda move: (
                move._get_promise_order() not in (own_order.browse(), own_order)
            )
        )

    def _must_take(self):
        """Whether this move cannot be refused in favour of the reservations.

        The goods have already moved, are broken or lost, or stay in the warehouse.
        """
        return (
            self._is_physical_fact()
            or self.location_dest_id.usage == "inventory"
            or not self._leaves_warehouse()
        )

    # ------------------------------------------------------------------
    # At the end of the operation
    # ------------------------------------------------------------------

    @api.model
    def _check_taken_reservations(self, reserved):
        """Refuse, warn of or record the reservations that orders have lost.

        :param reserved: ``{move_id: (quantity, whether it was a choice, taker)}``
        :raise InsufficientStockError: in the enforce phase, naming the orders
        """
        by_phase = defaultdict(list)
        for loss in self._get_losses(reserved):
            phase = loss["move"].company_id.promise_phase
            by_phase[phase, loss["is_chosen"]].append(loss)
        if refused := by_phase.pop(("hard", True), []):
            self._refuse_taken_reservations(refused)
        if warned := by_phase.get(("soft", True)):
            self.env["backorder.event"]._warn_user(
                self._get_taken_message(
                    self.env._("Orders have lost reserved stock:"), warned
                )
            )
        for (phase, _is_chosen), losses in by_phase.items():
            self._record_taken_reservations(losses, is_notified=phase != "dark")

    @api.model
    def _get_losses(self, reserved):
        """Return the lost reservation of each move, as dicts."""
        moves = self.sudo().browse(reserved).exists()
        losses = []
        for move in moves.filtered(lambda move: move.state in OPEN_MOVE_STATES):
            before, is_chosen, taker = reserved[move.id]
            lost = before - move._get_reserved_product_qty()
            if move.product_id.uom_id.compare(lost, 0) > 0:
                losses.append(
                    {
                        "move": move,
                        "quantity": lost,
                        "is_chosen": is_chosen,
                        "taker": taker,
                    }
                )
        return losses

    @api.model
    def _refuse_taken_reservations(self, losses):
        for loss in losses:
            self.env["backorder.event"]._log_after_rollback(
                "inventory.refused", **self._prepare_taken_event(loss)
            )
        raise InsufficientStockError(
            "\n".join(
                [
                    self._get_taken_message(
                        self.env._(
                            "Nothing was moved: this stock is reserved for orders:"
                        ),
                        losses,
                    ),
                    self.env._(
                        "Take only unreserved stock, or unreserve the delivery of the"
                        " order first."
                    ),
                ]
            )
        )

    def _get_taken_message(self, headline, losses):
        return "\n".join([headline, *map(self._get_taken_line, losses)])

    def _get_taken_line(self, loss):
        move = loss["move"]
        return self.env._(
            "• %(product)s in %(place)s: %(quantity)s %(unit)s for %(order)s",
            product=move.product_id.display_name,
            place=move.location_id.display_name,
            quantity=move.product_id.uom_id.round(loss["quantity"]),
            unit=move.product_id.uom_id.name,
            order=move._get_promise_order().name,
        )

    # ------------------------------------------------------------------
    # Log and notifications
    # ------------------------------------------------------------------

    @api.model
    def _record_taken_reservations(self, losses, is_notified):
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "inventory.reservation_taken",
                    **self._prepare_taken_event(loss),
                }
                for loss in losses
            ]
        )
        if is_notified:
            for loss in losses:
                self._notify_of_taken_reservation(loss)

    def _prepare_taken_event(self, loss):
        move = loss["move"]
        return {
            "order": move._get_promise_order(),
            "product": move.product_id,
            "warehouse": move.location_id.warehouse_id,
            "company": move.company_id,
            "quantity": loss["quantity"],
            "reason": loss["taker"],
            "payload": {
                "lineId": move.sale_line_id.id,
                "transfer": move.picking_id.name,
                "takenBy": loss["taker"],
                "lost": loss["quantity"],
                "stillReserved": move._get_reserved_product_qty(),
            },
        }

    def _notify_of_taken_reservation(self, loss):
        """Schedule an activity for the salesperson of the order."""
        move = loss["move"]
        order = move._get_promise_order()
        user = order.user_id or move.company_id._get_backorder_responsible()
        if not user:
            return
        speaker = self.with_context(lang=user.lang)
        order.with_context(lang=user.lang).activity_schedule(
            TAKEN_ACTIVITY,
            user_id=user.id,
            summary=speaker.env._("Reserved stock taken"),
            note=Markup("<p>%s</p>")
            % speaker.env._(
                "%(quantity)s %(unit)s of %(product)s, reserved for this order, left"
                " with %(taker)s.",
                quantity=move.product_id.uom_id.round(loss["quantity"]),
                unit=move.product_id.uom_id.name,
                product=move.product_id.display_name,
                taker=loss["taker"],
            ),
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_datetime

from odoo.addons.backorder_atp.exceptions import InsufficientStockError
from odoo.addons.backorder_atp.transaction import TransactionDict

# Manually reserved quantities by product, warehouse and move.
CLAIMS = TransactionDict("backorder_atp.claims")


class StockSoftReservation(models.Model):
    """Soft reserved stock that is taken manually."""

    _inherit = "stock.soft.reservation"

    @api.model
    def _record_claims(self, claims):
        """Record what was reserved manually, to be checked once all of it is done.

        Lines are split and joined in between; only their sum counts.

        :param claims: ``{(product_id, warehouse_id, move_id): quantity}``, negative
            for what was given back
        """
        cr = self.env.cr
        for key, quantity in claims.items():
            CLAIMS.put(cr, key, CLAIMS.get_all(cr).get(key, 0.0) + quantity)
        CLAIMS.work_off(cr, self.env["stock.soft.reservation"].sudo()._check_claims)

    @api.model
    def _check_claims(self):
        """Refuse, warn or record that stock soft reserved for others was taken.

        :raise InsufficientStockError: in the enforce phase, naming the soft
            reservations
        """
        claimed = defaultdict(float)
        moves = defaultdict(self.env["stock.move"].browse)
        for key, quantity in CLAIMS.take(self.env.cr).items():
            product_id, warehouse_id, move_id = key
            claimed[product_id, warehouse_id] += quantity
            moves[product_id, warehouse_id] += self.env["stock.move"].browse(move_id)
        claimed = {key: quantity for key, quantity in claimed.items() if quantity > 0}
        if not claimed:
            return
        free = self._get_free(
            self.env["product.product"].browse({key[0] for key in claimed}),
            self.env["stock.warehouse"].browse({key[1] for key in claimed}),
        )
        taken = {
            key: min(quantity, -free[key])
            for key, quantity in claimed.items()
            if self._is_taken(key, free)
        }
        self._refuse_taken(taken, moves)

    def _is_taken(self, key, free):
        uom = self.env["product.product"].browse(key[0]).uom_id
        return uom.compare(free.get(key, 0.0), 0) < 0

    @api.model
    def _refuse_taken(self, taken, moves):
        """Raise in the enforce phase, warn in the approve phase, otherwise record.

        What has already happened is recorded in every phase.
        """
        by_phase = defaultdict(dict)
        for key, quantity in taken.items():
            warehouse = self.env["stock.warehouse"].sudo().browse(key[1])
            phase = warehouse.company_id.promise_phase
            is_fact = all(move._is_physical_fact() for move in moves[key].exists())
            by_phase["fact" if is_fact and phase == "hard" else phase][key] = quantity
        if by_phase["hard"]:
            raise InsufficientStockError(
                self._get_taken_message(
                    self.env._("This stock is reserved for others:"), by_phase["hard"]
                )
            )
        if by_phase["soft"]:
            self.env["backorder.event"]._warn_user(
                self._get_taken_message(
                    self.env._("Stock reserved for others was taken:"),
                    by_phase["soft"],
                )
            )
        recorded = {**by_phase["fact"], **by_phase["soft"]}
        self._log_taken({**recorded, **by_phase["dark"]}, moves)
        for key in recorded:
            self._get_counting_soft_reservations(key)._notify_of_taken(recorded[key])

    def _notify_of_taken(self, quantity):
        """Notify the users responsible for the orders whose stock was taken."""
        for order, reservations in (
            self.filtered("order_id").grouped("order_id").items()
        ):
            company = order.company_id
            user = order.user_id or company._get_backorder_responsible()
            if not user:
                continue
            record = reservations.with_context(lang=user.lang)
            order.with_context(lang=user.lang).activity_schedule(
                "backorder_atp.mail_activity_type_alert",
                user_id=user.id,
                summary=record.env._("Reserved stock was taken"),
                note=record.env._(
                    "%(quantity)s %(unit)s of %(product)s were delivered to others"
                    " although they are reserved for this quotation.",
                    quantity=reservations.product_uom_id[:1].round(quantity),
                    unit=reservations.product_uom_id[:1].name,
                    product=reservations.product_id[:1].display_name,
                ),
            )

    def _get_taken_message(self, headline, taken):
        """Return the message with products, reservations and what to do."""
        return "\n".join(
            [
                headline,
                *(self._get_taken_line(key, taken[key]) for key in taken),
                self.env._(
                    "Reduce the quantity, or ask to release the soft reservation."
                ),
            ]
        )

    def _get_taken_line(self, key, quantity):
        product = self.env["product.product"].browse(key[0])
        reservations = self._get_counting_soft_reservations(key)
        return self.env._(
            "• %(product)s: %(quantity)s %(unit)s too many from %(warehouse)s;"
            " %(reservations)s",
            product=product.display_name,
            quantity=product.uom_id.round(quantity),
            unit=product.uom_id.name,
            warehouse=self.env["stock.warehouse"].sudo().browse(key[1]).name,
            reservations=", ".join(
                reservation._get_label() for reservation in reservations
            ),
        )

    def _get_label(self):
        """Return e.g. ``SR/00007: 3.0 for Patient Customer until Jan 5, 6:00 PM``."""
        return self.env._(
            "%(reservation)s: %(quantity)s for %(partner)s until %(expiry)s",
            reservation=self.name,
            quantity=self.product_uom_id.round(self.remaining_quantity),
            partner=self.partner_id.display_name or self.origin or self.user_id.name,
            expiry=format_datetime(self.env, self.expiry_date, dt_format="short"),
        )

    def _get_counting_soft_reservations(self, key):
        return self.sudo().search(
            [
                ("product_id", "=", key[0]),
                ("warehouse_id", "=", key[1]),
                ("state", "=", "active"),
                ("expiry_date", ">", fields.Datetime.now()),
            ]
        )

    @api.model
    def _log_taken(self, taken, moves):
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "reservation:taken",
                    "order": moves[key].exists()._get_promise_order()[:1],
                    "product": self.env["product.product"].browse(key[0]),
                    "warehouse": self.env["stock.warehouse"].browse(key[1]),
                    "quantity": quantity,
                    "payload": {
                        "moves": moves[key].exists().mapped("display_name"),
                        "reservations": self._get_counting_soft_reservations(
                            key
                        ).mapped("name"),
                    },
                }
                for key, quantity in taken.items()
            ]
        )

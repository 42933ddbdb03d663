# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockSoftReservation(models.Model):
    """What the log records of soft reservations."""

    _inherit = "stock.soft.reservation"

    def _log(self, event_type, before=None, quantities=None, reason=False):
        """Log one event for each soft reservation.

        :param before: ``{reservation: former expiry}`` where that has changed
        :param quantities: ``{reservation: quantity}``; by default the remaining one
        """
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": event_type,
                    "order": reservation.order_id,
                    "product": reservation.product_id,
                    "warehouse": reservation.warehouse_id,
                    "quantity": (quantities or {}).get(
                        reservation, reservation.remaining_quantity
                    ),
                    "reason": reason,
                    "payload": reservation._prepare_payload(
                        (before or {}).get(reservation)
                    ),
                }
                for reservation in self.sudo()
            ]
        )

    def _prepare_payload(self, previous_expiry=None):
        payload = {
            "reservationId": self.id,
            "reservation": self.name,
            "state": self.state,
            "quantity": self.quantity,
            "consumed": self.consumed_quantity,
            "remaining": self.remaining_quantity,
            "partnerId": self.partner_id.id or False,
            "partner": self.partner_id.display_name or False,
            "origin": self.origin or False,
            "expires": fields.Datetime.to_string(self.expiry_date),
        }
        if previous_expiry:
            payload["previouslyExpired"] = fields.Datetime.to_string(previous_expiry)
        return payload

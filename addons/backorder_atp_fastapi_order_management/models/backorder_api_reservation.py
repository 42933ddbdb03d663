# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.backorder_atp_fastapi.problems import not_found


class BackorderApiReservation(models.AbstractModel):
    """Soft reservations: for a customer, or for a quotation."""

    _name = "backorder.api.reservation"
    _description = "Backorder HTTP API: Soft Reservations"
    _inherit = "backorder.api"

    def _find_reservation(self, reservation_id):
        reservation = self.env["stock.soft.reservation"].search(
            [("id", "=", reservation_id), ("company_id", "=", self.env.company.id)]
        )
        if not reservation:
            raise not_found(
                self.env._("Soft reservation not found: %s", reservation_id)
            )
        return reservation

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _list_reservations(self, filters, limit, cursor=None):
        """Return the body of ``GET /reservations``.

        :param filters: values of the query: ``status`` (a list), ``customer_id``,
            ``order_id``, ``product_id``; None does not filter, except for the
            status: the active ones
        """
        found, page = self._search_by_id(
            self.env["stock.soft.reservation"],
            self._get_reservation_domain(**filters),
            limit,
            cursor,
        )
        rows = [self._prepare_reservation(reservation) for reservation in found]
        return {"reservations": rows, **page}

    def _get_reservation_domain(self, status, customer_id, order_id, product_id):
        domain = Domain("company_id", "=", self.env.company.id)
        domain &= Domain.OR(
            self._get_reservation_status_domain(one) for one in status or ["active"]
        )
        if customer_id:
            domain &= Domain("partner_id", "child_of", customer_id)
        if order_id:
            domain &= Domain("order_id", "=", order_id)
        if product_id:
            domain &= Domain("product_id", "=", product_id)
        return domain

    def _get_reservation_status_domain(self, status):
        """Return the domain of a status; an expired one may not be marked yet."""
        domain = Domain("state", "=", status)
        active = Domain("state", "=", "active")
        now = fields.Datetime.now()
        if status == "active":
            return active & Domain("expiry_date", ">", now)
        if status == "expired":
            return domain | (active & Domain("expiry_date", "<=", now))
        return domain

    def _get_reservation(self, reservation_id):
        return self._prepare_reservation(self._find_reservation(reservation_id))

    # ------------------------------------------------------------------
    # Reserving
    # ------------------------------------------------------------------

    def _create_reservation(self, payload):
        """Reserve the whole quantity, or nothing.

        :raise ApiProblem: when it cannot be promised
        """
        [product] = self._require_products([payload])
        warehouse = self._find_warehouse(payload.warehouse_id)
        reservations = self.env["stock.soft.reservation"]
        values = self._prepare_reservation_values(payload, product, warehouse)
        with self._refusing({(product, warehouse): payload.quantity}):
            reservation = reservations.create(values)
        return self._prepare_reservation(reservation)

    def _prepare_reservation_values(self, payload, product, warehouse):
        values = {
            "product_id": product.id,
            "warehouse_id": warehouse.id,
            "quantity": payload.quantity,
            "origin": payload.origin,
        }
        if payload.order_id:
            values["order_id"] = self._find_order(payload.order_id).id
        if payload.customer_id:
            values["partner_id"] = self._find_customer(payload.customer_id).id
        if payload.expires_at:
            values["expiry_date"] = payload.expires_at
        return values

    def _reserve_order(self, order_id, payload):
        """Reserve what a quotation needs, as with the dialog of the quotation."""
        order = self._find_order(order_id)
        action = order.action_open_soft_reservation()
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        if payload.expires_at:
            dialog.expiry_date = payload.expires_at
        if not payload.allow_partial:
            for line in dialog.line_ids:
                line.quantity = line.missing_quantity
        before = order.soft_reservation_ids
        requested = {
            (line.product_id, line.warehouse_id): line.quantity
            for line in dialog.line_ids
        }
        with self._refusing(requested):
            dialog.action_reserve()
        reserved = order.soft_reservation_ids - before
        return {
            "reservations": [
                self._prepare_reservation(reservation) for reservation in reserved
            ]
        }

    # ------------------------------------------------------------------
    # Changing
    # ------------------------------------------------------------------

    def _extend_reservation(self, reservation_id, payload):
        reservation = self._find_reservation(reservation_id)
        reservation.action_extend(payload.expires_at)
        return self._prepare_reservation(reservation)

    def _release_reservation(self, reservation_id, payload):
        reservation = self._find_reservation(reservation_id)
        reservation.action_release(payload.reason)
        return self._prepare_reservation(reservation)

    # ------------------------------------------------------------------
    # Responses
    # ------------------------------------------------------------------

    def _prepare_reservation(self, reservation):
        reservation.check_access("read")
        reservation = reservation.sudo()
        return {
            "reservation_id": reservation.id,
            "reference": reservation.name,
            "status": "expired" if reservation.is_expired else reservation.state,
            **self._prepare_product(reservation.product_id),
            "unit": reservation.product_uom_id.name,
            "warehouse_id": reservation.warehouse_id.id,
            "warehouse": reservation.warehouse_id.name,
            "quantity": reservation.quantity,
            "consumed_quantity": reservation.consumed_quantity,
            "remaining_quantity": reservation.remaining_quantity,
            "customer_id": reservation.partner_id.id or None,
            "customer": reservation.partner_id.display_name or None,
            "order_id": reservation.order_id.id or None,
            "order_number": reservation.order_id.name or None,
            "origin": reservation.origin or None,
            "reserved_by": reservation.user_id.name,
            "expires_at": self._to_moment(reservation.expiry_date),
            "ended_at": self._to_moment(reservation.release_date),
            "reason": reservation.release_reason or None,
        }

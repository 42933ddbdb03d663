# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Soft reservations of a quotation until it becomes an order.

    Not to be confused with an order *on hold*, which is set aside for a review.
    """

    _inherit = "sale.order"

    soft_reservation_ids = fields.One2many(
        "stock.soft.reservation", "order_id", "Soft Reservations"
    )
    soft_reservation_count = fields.Integer(
        "Reserved Items",
        compute="_compute_stock_reserved",
        help="The number of soft reservations that count now.",
    )
    stock_reserved_until = fields.Datetime(
        compute="_compute_stock_reserved",
        help="When the first soft reservation expires.",
    )
    can_reserve_stock = fields.Boolean(compute="_compute_can_reserve_stock")

    @api.depends("soft_reservation_ids.state", "soft_reservation_ids.expiry_date")
    def _compute_stock_reserved(self):
        for order in self:
            reservations = order._get_counting_soft_reservations()
            order.soft_reservation_count = len(reservations)
            order.stock_reserved_until = min(
                reservations.mapped("expiry_date"), default=False
            )

    def _get_counting_soft_reservations(self):
        return self.sudo().soft_reservation_ids.filtered(
            lambda reservation: (
                reservation.state == "active" and not reservation.is_expired
            )
        )

    @api.depends("state", "requires_inventory_override", "order_line.product_id")
    def _compute_can_reserve_stock(self):
        for order in self:
            order.can_reserve_stock = (
                order.state in ("draft", "sent")
                and not order.requires_inventory_override
                and any(line._needs_stock() for line in order.order_line)
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_soft_reservation(self):
        """Propose to reserve what is not reserved for this quotation yet.

        :raise UserError: when it takes nothing from stock, or is no quotation
        """
        self.ensure_one()
        if not self.can_reserve_stock:
            raise UserError(
                self.env._(
                    "%s is not a quotation with storable products. There is nothing to"
                    " reserve.",
                    self.name,
                )
            )
        return self.env["stock.soft.reservation.wizard"]._open(self)

    def action_view_soft_reservations(self):
        """Open all soft reservations of this order, also the ended ones."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp_reservation.stock_soft_reservation_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_release_soft_reservations(self):
        """Ask for the reason, then release the soft reservations of this order."""
        reservations = self.env["stock.soft.reservation"].browse(
            self._get_counting_soft_reservations().ids
        )
        if not reservations:
            raise UserError(self.env._("This order has no soft reservation anymore."))
        return reservations.action_open_release()

    # ------------------------------------------------------------------
    # Consuming and releasing
    # ------------------------------------------------------------------

    def _get_stock_to_reserve(self):
        """Return ``{(product, warehouse): quantity}`` demanded and not reserved yet."""
        missing = {}
        for (
            _line,
            product,
            warehouse,
            quantity,
        ) in self.order_line._get_promise_demand():
            if warehouse:
                key = (product, warehouse)
                missing[key] = missing.get(key, 0.0) + quantity
        for reservation in self._get_counting_soft_reservations():
            key = (
                reservation.product_id.with_env(self.env),
                reservation.warehouse_id.with_env(self.env),
            )
            if key in missing:
                missing[key] = max(0.0, missing[key] - reservation.remaining_quantity)
        return missing

    def _action_confirm(self):
        """Consume the soft reservations: the demand of the orders replaces them."""
        with self.env["stock.soft.reservation"]._consuming(self):
            return super()._action_confirm()

    def _launch_deliveries(self):
        with self.env["stock.soft.reservation"]._consuming(self):
            return super()._launch_deliveries()

    def write(self, vals):
        if "partner_id" in vals:
            self._check_consumed_reservations(vals["partner_id"])
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self._release_soft_reservations(self.env._("The quotation is cancelled"))
        return result

    def _check_consumed_reservations(self, partner_id):
        """Refuse to pass stock reserved for one customer on to another."""
        partner = self.env["res.partner"].browse(partner_id).commercial_partner_id
        passed_on = self.filtered(
            lambda order: (
                order.state == "sale"
                and order.partner_id.commercial_partner_id != partner
            )
        )
        domain = [
            ("order_id", "in", passed_on.ids),
            ("event_type", "=", "reservation:consumed"),
        ]
        if passed_on and self.env["backorder.event"].sudo().search(domain, limit=1):
            raise UserError(
                self.env._(
                    "%s took stock that was reserved for its customer. To change the"
                    " customer, cancel the order and create a new one.",
                    ", ".join(passed_on.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_release_soft_reservations(self):
        self._release_soft_reservations(self.env._("The quotation is deleted"))

    def _release_soft_reservations(self, reason):
        """Release the soft reservations that these orders do not need anymore."""
        self.sudo().soft_reservation_ids._settle("released", reason)

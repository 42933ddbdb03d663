# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Stock that is held for a quotation until it becomes an order.

    Not to be confused with an order *on hold*: one that waits and is put aside.
    """

    _inherit = "sale.order"

    soft_reservation_ids = fields.One2many(
        "stock.soft.reservation", "order_id", "Stock Holds"
    )
    soft_reservation_count = fields.Integer(
        "Held Items", compute="_compute_stock_held", help="What is held now."
    )
    stock_held_until = fields.Datetime(
        compute="_compute_stock_held", help="When the first of its holds expires."
    )
    can_reserve_stock = fields.Boolean(compute="_compute_can_reserve_stock")

    @api.depends("soft_reservation_ids.state", "soft_reservation_ids.expiry_date")
    def _compute_stock_held(self):
        for order in self:
            holds = order._get_counting_soft_reservations()
            order.soft_reservation_count = len(holds)
            order.stock_held_until = min(holds.mapped("expiry_date"), default=False)

    def _get_counting_soft_reservations(self):
        return self.sudo().soft_reservation_ids.filtered(
            lambda hold: hold.state == "active" and not hold.is_expired
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
        """Propose to hold what this quotation asks for and does not hold yet.

        :raise UserError: when it takes nothing from stock, or is no quotation
        """
        self.ensure_one()
        if not self.can_reserve_stock:
            raise UserError(
                self.env._(
                    "%s is no quotation for goods from stock, so there is nothing to"
                    " hold.",
                    self.name,
                )
            )
        return self.env["stock.soft.reservation.wizard"]._open(self)

    def action_view_soft_reservations(self):
        """Open everything that is or was held for this order."""
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
        """Ask why, then release what is held for this order."""
        holds = self.env["stock.soft.reservation"].browse(
            self._get_counting_soft_reservations().ids
        )
        if not holds:
            raise UserError(self.env._("Nothing is held for this order any more."))
        return holds.action_open_release()

    # ------------------------------------------------------------------
    # What becomes of the holds
    # ------------------------------------------------------------------

    def _get_stock_to_reserve(self):
        """Return ``{(product, warehouse): quantity}`` asked for and not held yet."""
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
        for hold in self._get_counting_soft_reservations():
            key = (
                hold.product_id.with_env(self.env),
                hold.warehouse_id.with_env(self.env),
            )
            if key in missing:
                missing[key] = max(0.0, missing[key] - hold.remaining_quantity)
        return missing

    def _action_confirm(self):
        """Consume what is held for these orders, as their demand replaces it."""
        with self.env["stock.soft.reservation"]._consuming(self):
            return super()._action_confirm()

    def _launch_deliveries(self):
        with self.env["stock.soft.reservation"]._consuming(self):
            return super()._launch_deliveries()

    def write(self, vals):
        if "partner_id" in vals:
            self._check_consumed_holds(vals["partner_id"])
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self._release_soft_reservations(self.env._("The quotation is cancelled"))
        return result

    def _check_consumed_holds(self, partner_id):
        """What was held for one customer does not reach another by a new name."""
        partner = self.env["res.partner"].browse(partner_id).commercial_partner_id
        passed_on = self.filtered(
            lambda order: (
                order.state == "sale"
                and order.partner_id.commercial_partner_id != partner
            )
        )
        domain = [
            ("order_id", "in", passed_on.ids),
            ("event_type", "=", "hold:consumed"),
        ]
        if passed_on and self.env["backorder.event"].sudo().search(domain, limit=1):
            raise UserError(
                self.env._(
                    "%s took stock that was held for its customer, so the customer"
                    " cannot change. Cancel the order and make one for the other"
                    " customer.",
                    ", ".join(passed_on.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_release_soft_reservations(self):
        self._release_soft_reservations(self.env._("The quotation is deleted"))

    def _release_soft_reservations(self, reason):
        """End what is held for these orders and nobody needs any more."""
        self.sudo().soft_reservation_ids._settle("released", reason)

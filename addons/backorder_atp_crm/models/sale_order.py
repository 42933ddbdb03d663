# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Quotations of an opportunity use its soft reservations."""

    _inherit = "sale.order"

    @api.depends(
        "opportunity_id.soft_reservation_ids.state",
        "opportunity_id.soft_reservation_ids.expiry_date",
        "state",
    )
    def _compute_stock_reserved(self):
        return super()._compute_stock_reserved()

    def _get_counting_soft_reservations(self):
        reservations = super()._get_counting_soft_reservations()
        for order in self.sudo().filtered(lambda order: order.state != "sale"):
            reservations |= (
                order.opportunity_id._get_counting_soft_reservations().filtered(
                    lambda reservation, order=order: (
                        not reservation.partner_id
                        or reservation.commercial_partner_id
                        == order.partner_id.commercial_partner_id
                    )
                )
            )
        return reservations

    def action_view_soft_reservations(self):
        """Open the soft reservations of this order and its opportunity."""
        action = super().action_view_soft_reservations()
        if not self.opportunity_id:
            return action
        inherited = Domain("origin_model", "=", "crm.lead") & Domain(
            "origin_id", "=", self.opportunity_id.id
        )
        return {**action, "domain": list(Domain(action["domain"]) | inherited)}

    def _action_confirm(self):
        """Release what remains reserved once all orders are confirmed."""
        result = super()._action_confirm()
        served = self.filtered(lambda order: not order._is_delivery_withheld())
        for lead in served.sudo().opportunity_id:
            if not any(order.state in ("draft", "sent") for order in lead.order_ids):
                lead._release_stock(self.env._("The order is confirmed"))
        return result

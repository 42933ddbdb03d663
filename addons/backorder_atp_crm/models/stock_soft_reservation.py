# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class StockSoftReservation(models.Model):
    """Soft reservations of an opportunity are only for its quotations."""

    _inherit = "stock.soft.reservation"

    opportunity_price = fields.Float(
        readonly=True,
        copy=False,
        help="The value of one unit at the prices of the opportunity, in the company's"
        " currency.",
        server_only=True,
    )

    @api.model
    def _get_ownership(self):
        """Limit those of an opportunity to its orders for its customer."""
        return SQL(
            """CASE WHEN reservation.origin_model = 'crm.lead'
                         AND reservation.order_id IS NULL
                    THEN so.opportunity_id = reservation.origin_id
                         AND (reservation.commercial_partner_id IS NULL
                              OR reservation.commercial_partner_id
                                 = buyer.commercial_partner_id)
                    ELSE %s END""",
            super()._get_ownership(),
        )

    @api.model
    def _get_requested(self):
        return SQL(
            """(%s OR (reservation.origin_model = 'crm.lead' AND EXISTS (
                       SELECT FROM sale_order so
                        WHERE so.id = request.order_id
                          AND so.opportunity_id = reservation.origin_id)))""",
            super()._get_requested(),
        )

    @api.model
    def _flush_soft_reservations(self):
        self.env["sale.order"].flush_model(["opportunity_id"])
        return super()._flush_soft_reservations()

    def _get_opportunity(self):
        """Return the opportunity of this soft reservation, if any."""
        self.ensure_one()
        leads = self.env["crm.lead"]
        if self.origin_model != leads._name or not self.origin_id:
            return leads
        return leads.browse(self.origin_id).exists()

    def _is_changed_by_user(self):
        """The salesperson of the opportunity may extend and release it, too."""
        if super()._is_changed_by_user():
            return True
        user = self.env.user
        return (
            user.has_group("sales_team.group_sale_salesman")
            and self.sudo()._get_opportunity().user_id == user
        )

    def action_release(self, reason):
        """Release, and notify the opportunities of the reason."""
        result = super().action_release(reason)
        self.sudo()._notify_opportunity(reason)
        return result

    def _settle(self, state, reason=False):
        active = self.filtered(lambda reservation: reservation.state == "active")
        result = super()._settle(state, reason)
        if state == "expired":
            active._notify_opportunity(self.env._("expired"))
        return result

    def _notify_opportunity(self, reason):
        """Notify the opportunities that their stock was released."""
        leads = {}
        for reservation in self:
            if lead := reservation._get_opportunity():
                leads[lead] = leads.get(lead, self.browse()) | reservation
        for lead, reservations in leads.items():
            lead.message_post(
                body=self.env._(
                    "The stock reserved for this opportunity was released"
                    " (%(reason)s): %(products)s",
                    reason=reason,
                    products=", ".join(reservations.product_id.mapped("display_name")),
                ),
                partner_ids=(lead.user_id - self.env.user).partner_id.ids,
            )

    @api.model
    def _cron_expire(self):
        """Also release the stock of opportunities that have become too unlikely."""
        self.env["crm.lead"]._release_unfit_opportunities()
        return super()._cron_expire()

    def _give_back(self, quantity, reason):
        """Release ``quantity``, in the product's unit, to backordered orders."""
        self.ensure_one()
        self.quantity -= quantity
        source = f"reservation-released:{self.name}"
        with self.env["backorder.event"]._caused_by(source):
            self._log(
                "reservation:released", quantities={self: quantity}, reason=reason
            )
            self.env["backorder.retry"]._enqueue_backordered(
                self.product_id, self.warehouse_id, source
            )

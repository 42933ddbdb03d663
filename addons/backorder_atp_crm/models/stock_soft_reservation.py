# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class StockSoftReservation(models.Model):
    """What an opportunity holds is for its quotations alone."""

    _inherit = "stock.soft.reservation"

    opportunity_price = fields.Float(
        readonly=True,
        copy=False,
        help="What one unit is worth at the prices of the opportunity, in the company's"
        " currency.",
        server_only=True,
    )

    @api.model
    def _get_ownership(self):
        """A hold of an opportunity is for its orders, of the customer it is for."""
        return SQL(
            """CASE WHEN hold.origin_model = 'crm.lead' AND hold.order_id IS NULL
                    THEN so.opportunity_id = hold.origin_id
                         AND (hold.commercial_partner_id IS NULL
                              OR hold.commercial_partner_id
                                 = buyer.commercial_partner_id)
                    ELSE %s END""",
            super()._get_ownership(),
        )

    @api.model
    def _get_requested(self):
        return SQL(
            """(%s OR (hold.origin_model = 'crm.lead' AND EXISTS (
                       SELECT FROM sale_order so
                        WHERE so.id = request.order_id
                          AND so.opportunity_id = hold.origin_id)))""",
            super()._get_requested(),
        )

    @api.model
    def _flush_soft_reservations(self):
        self.env["sale.order"].flush_model(["opportunity_id"])
        return super()._flush_soft_reservations()

    def _get_opportunity(self):
        """Return the opportunity that this is held for, if it is for one."""
        self.ensure_one()
        leads = self.env["crm.lead"]
        if self.origin_model != leads._name or not self.origin_id:
            return leads
        return leads.browse(self.origin_id).exists()

    def _is_changed_by_user(self):
        """Its salesperson, too, may extend and release what an opportunity holds."""
        if super()._is_changed_by_user():
            return True
        user = self.env.user
        return (
            user.has_group("sales_team.group_sale_salesman")
            and self.sudo()._get_opportunity().user_id == user
        )

    def action_release(self, reason):
        """Release, and let the opportunities know why."""
        result = super().action_release(reason)
        self.sudo()._notify_opportunity(reason)
        return result

    def _settle(self, state, reason=False):
        active = self.filtered(lambda hold: hold.state == "active")
        result = super()._settle(state, reason)
        if state == "expired":
            active._notify_opportunity(self.env._("its time has come"))
        return result

    def _notify_opportunity(self, reason):
        """Let the opportunities know that their stock is free for others again."""
        leads = {}
        for hold in self:
            if lead := hold._get_opportunity():
                leads[lead] = leads.get(lead, self.browse()) | hold
        for lead, holds in leads.items():
            lead.message_post(
                body=self.env._(
                    "The stock held for this opportunity is free again (%(reason)s):"
                    " %(products)s",
                    reason=reason,
                    products=", ".join(holds.product_id.mapped("display_name")),
                ),
                partner_ids=(lead.user_id - self.env.user).partner_id.ids,
            )

    @api.model
    def _cron_expire(self):
        """Release, too, what opportunities hold that have become too unlikely."""
        self.env["crm.lead"]._release_unfit_opportunities()
        return super()._cron_expire()

    def _give_back(self, quantity, reason):
        """Hold ``quantity`` less, in the product's unit; whoever waits may have it."""
        self.ensure_one()
        self.quantity -= quantity
        source = f"hold-released:{self.name}"
        with self.env["backorder.event"]._caused_by(source):
            self._log("hold:released", quantities={self: quantity}, reason=reason)
            self.env["backorder.retry"]._enqueue_waiting(
                self.product_id, self.warehouse_id, source
            )

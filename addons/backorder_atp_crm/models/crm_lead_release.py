# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# Fields that decide whether stock can be reserved for an opportunity.
FITNESS_FIELDS = {"active", "probability", "stage_id", "team_id", "won_status"}


class CrmLead(models.Model):
    """Soft reservations follow the changes of their opportunity."""

    _inherit = "crm.lead"

    # ------------------------------------------------------------------
    # Manual release
    # ------------------------------------------------------------------

    def action_release_stock(self, reason):
        """Release the soft reservations of this opportunity immediately.

        :param reason: for the log; required
        :raise AccessError: when the user is neither its salesperson nor an operator,
            nor made the soft reservation
        :raise UserError: when nothing is reserved
        """
        self._get_releasable_reservations().action_release(reason)

    def action_open_release_stock(self):
        """Ask for the reason, then release."""
        return self._get_releasable_reservations().action_open_release()

    def _get_releasable_reservations(self):
        self.check_access("read")
        reservations = self.env["stock.soft.reservation"].browse(
            self._get_counting_soft_reservations().ids
        )
        if not reservations:
            raise UserError(
                self.env._("This opportunity has no soft reservation anymore.")
            )
        return reservations

    def action_view_soft_reservations(self):
        """Open all soft reservations of this opportunity, also the ended ones."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp_reservation.stock_soft_reservation_action"
        )
        domain = [("origin_model", "=", self._name), ("origin_id", "=", self.id)]
        return {**action, "domain": domain, "context": {"create": False}}

    # ------------------------------------------------------------------
    # Lost, too unlikely, moved back
    # ------------------------------------------------------------------

    def write(self, vals):
        """Update soft reservations: lost, unlikely, other stage or customer."""
        arriving = self.browse()
        if "stage_id" in vals:
            arriving = self.filtered(lambda lead: lead.stage_id.id != vals["stage_id"])
        result = super().write(vals)
        if "partner_id" in vals:
            for lead in self:
                lead._get_counting_soft_reservations().partner_id = lead.partner_id
        if vals.get("user_id"):
            self._get_counting_soft_reservations().user_id = vals["user_id"]
        if {"company_id", "team_id", "user_id"} & vals.keys():
            self._trim_soft_reservations()
        if {"company_id", "partner_id"} & vals.keys():
            self._price_soft_reservations()
        if (FITNESS_FIELDS | set(self._pls_get_safe_fields())) & vals.keys():
            self._release_unfit_stock()
        arriving._allocate_on_arrival()
        return result

    def _release_unfit_stock(self):
        """Release the stock of those that can have none reserved anymore."""
        for lead in self:
            reservations = lead._get_counting_soft_reservations()
            reason = reservations and lead._get_release_reason()
            if reason:
                lead._release_stock(reason)

    def _get_release_reason(self):
        """Return why no stock can be reserved anymore, or False while it can.

        A won opportunity keeps its stock until its order consumes it.
        """
        if not self.active or self.won_status == "lost":
            return self.env._("The opportunity is lost")
        if self.won_status == "won":
            return False
        if self.stage_id.stock_allocation == "never":
            return self.env._("No stock is reserved in its stage")
        if self._get_probability_refusal():
            return self.env._(
                "Its probability has fallen to %(probability)g%%; stock is reserved"
                " from %(least)g%%",
                probability=self.probability,
                least=self._get_stock_company().sudo().opportunity_min_probability,
            )
        return False

    @api.model
    def _release_unfit_opportunities(self):
        """Check all with reserved stock: scores and settings change in between."""
        reservations = self.env["stock.soft.reservation"].search(
            Domain("origin_model", "=", "crm.lead") & Domain("state", "=", "active")
        )
        self.env["backorder.failure"]._work_on_each(
            "reservation",
            self.browse(set(reservations.mapped("origin_id"))).exists(),
            lambda leads: leads._release_unfit_stock(),
        )

    def _release_stock(self, reason):
        """Release the stock of these opportunities and notify them of the reason."""
        for lead in self:
            reservations = lead.sudo().soft_reservation_ids.filtered(
                lambda reservation: reservation.state == "active"
            )
            reservations._settle("released", reason)
            reservations._notify_opportunity(reason)

    @api.ondelete(at_uninstall=False)
    def _unlink_release_stock(self):
        self.sudo().soft_reservation_ids._settle(
            "released", self.env._("The opportunity is deleted")
        )

    # ------------------------------------------------------------------
    # Lower demand
    # ------------------------------------------------------------------

    def _trim_soft_reservations(self):
        """Release what is reserved beyond the demand of the lines."""
        for lead in self:
            demand = lead.line_ids._get_demand()
            for key, reserved in lead._get_reserved_quantities().items():
                if key[0].uom_id.compare(reserved, demand.get(key, 0.0)) > 0:
                    lead._trim_soft_reservation(key, reserved - demand.get(key, 0.0))

    def _trim_soft_reservation(self, key, surplus):
        """Release ``surplus`` of a product, the latest soft reservations first."""
        reservations = self._get_counting_soft_reservations().filtered(
            lambda reservation: (
                (reservation.product_id.id, reservation.warehouse_id.id)
                == (key[0].id, key[1].id)
            )
        )
        reason = self.env._("The quantity on the opportunity was reduced")
        for reservation in reservations.sorted("id", reverse=True):
            if key[0].uom_id.compare(surplus, reservation.remaining_quantity) >= 0:
                surplus -= reservation.remaining_quantity
                reservation._settle("released", reason)
            elif key[0].uom_id.compare(surplus, 0) > 0:
                reservation._give_back(surplus, reason)
                surplus = 0.0

    # ------------------------------------------------------------------
    # Value
    # ------------------------------------------------------------------

    def _price_soft_reservations(self):
        """Set the prices of the lines on the soft reservations, for reports."""
        for lead in self:
            reservations = lead._get_counting_soft_reservations()
            prices = lead.line_ids._get_stock_prices() if reservations else {}
            for reservation in reservations:
                price = prices.get(
                    (reservation.product_id, reservation.warehouse_id), 0.0
                )
                if reservation.opportunity_price != price:
                    reservation.opportunity_price = price

    # ------------------------------------------------------------------
    # Stages, merging
    # ------------------------------------------------------------------

    def _allocate_on_arrival(self):
        """Reserve stock in stages that do so automatically, or post why not."""
        for lead in self:
            is_due = lead.stage_id.stock_allocation == "automatic"
            if not is_due or not lead.can_allocate_stock:
                continue
            try:
                with self.env.cr.savepoint():
                    lead.action_allocate_stock()
            except (UserError, AccessError) as error:
                lead.message_post(body=str(error), subtype_xmlid="mail.mt_note")

    def _merge_dependences(self, opportunities):
        """Move products and soft reservations to the remaining opportunity."""
        result = super()._merge_dependences(opportunities)
        merged = opportunities.sudo()
        merged.line_ids.with_context(active_test=False).lead_id = self
        merged.soft_reservation_ids.write({"origin_id": self.id, "origin": self.name})
        self._price_soft_reservations()
        return result

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# What decides on whether an opportunity may hold stock.
FITNESS_FIELDS = {"active", "probability", "stage_id", "team_id", "won_status"}


class CrmLead(models.Model):
    """What opportunities hold follows what happens to them."""

    _inherit = "crm.lead"

    # ------------------------------------------------------------------
    # Releasing by hand
    # ------------------------------------------------------------------

    def action_release_stock(self, reason):
        """Let go of what this opportunity holds, at once.

        :param reason: why, for the log; required
        :raise AccessError: for whoever is neither its salesperson, nor made the hold,
            nor is an operator
        :raise UserError: when nothing is held
        """
        self._get_releasable_holds().action_release(reason)

    def action_open_release_stock(self):
        """Ask why, then release."""
        return self._get_releasable_holds().action_open_release()

    def _get_releasable_holds(self):
        self.check_access("read")
        holds = self.env["stock.soft.reservation"].browse(
            self._get_counting_soft_reservations().ids
        )
        if not holds:
            raise UserError(
                self.env._("Nothing is held for this opportunity any more.")
            )
        return holds

    def action_view_soft_reservations(self):
        """Open everything that is or was held for this opportunity."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp_reservation.stock_soft_reservation_action"
        )
        domain = [("origin_model", "=", self._name), ("origin_id", "=", self.id)]
        return {**action, "domain": domain, "context": {"create": False}}

    # ------------------------------------------------------------------
    # Lost, too unlikely, put back
    # ------------------------------------------------------------------

    def write(self, vals):
        """Let the holds follow: lost, unlikely, moved to a stage, another customer."""
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
        """Release what is held by those of these that may hold none any more."""
        for lead in self:
            holds = lead._get_counting_soft_reservations()
            reason = holds and lead._get_release_reason()
            if reason:
                lead._release_stock(reason)

    def _get_release_reason(self):
        """Return why this may hold nothing any more; nothing while it may.

        What is won keeps its stock until its order takes it.
        """
        if not self.active or self.won_status == "lost":
            return self.env._("The opportunity is lost")
        if self.won_status == "won":
            return False
        if self.stage_id.stock_allocation == "never":
            return self.env._("Its stage holds no stock")
        if self._get_probability_refusal():
            return self.env._(
                "Its probability has fallen to %(probability)g %%; stock is held from"
                " %(least)g %% on",
                probability=self.probability,
                least=self._get_stock_company().sudo().opportunity_min_probability,
            )
        return False

    @api.model
    def _release_unfit_opportunities(self):
        """Look at all that hold stock: scores and settings change by themselves."""
        holds = self.env["stock.soft.reservation"].search(
            Domain("origin_model", "=", "crm.lead") & Domain("state", "=", "active")
        )
        self.env["backorder.failure"]._work_on_each(
            "hold",
            self.browse(set(holds.mapped("origin_id"))).exists(),
            lambda leads: leads._release_unfit_stock(),
        )

    def _release_stock(self, reason):
        """End what these hold, for a reason that follows from what happened to them."""
        for lead in self:
            holds = lead.sudo().soft_reservation_ids.filtered(
                lambda hold: hold.state == "active"
            )
            holds._settle("released", reason)
            holds._notify_opportunity(reason)

    @api.ondelete(at_uninstall=False)
    def _unlink_release_stock(self):
        self.sudo().soft_reservation_ids._settle(
            "released", self.env._("The opportunity is deleted")
        )

    # ------------------------------------------------------------------
    # Asking for less
    # ------------------------------------------------------------------

    def _trim_soft_reservations(self):
        """Let go of what is held beyond what the lines ask for now."""
        for lead in self:
            demand = lead.line_ids._get_demand()
            for key, held in lead._get_held_quantities().items():
                if key[0].uom_id.compare(held, demand.get(key, 0.0)) > 0:
                    lead._trim_soft_reservation(key, held - demand.get(key, 0.0))

    def _trim_soft_reservation(self, key, surplus):
        """Take ``surplus`` from the holds of a product, the last ones first."""
        holds = self._get_counting_soft_reservations().filtered(
            lambda hold: (
                (hold.product_id.id, hold.warehouse_id.id) == (key[0].id, key[1].id)
            )
        )
        reason = self.env._("The opportunity asks for less")
        for hold in holds.sorted("id", reverse=True):
            if key[0].uom_id.compare(surplus, hold.remaining_quantity) >= 0:
                surplus -= hold.remaining_quantity
                hold._settle("released", reason)
            elif key[0].uom_id.compare(surplus, 0) > 0:
                hold._give_back(surplus, reason)
                surplus = 0.0

    # ------------------------------------------------------------------
    # Value
    # ------------------------------------------------------------------

    def _price_soft_reservations(self):
        """Give what is held the prices of the lines, for reports to add up."""
        for lead in self:
            holds = lead._get_counting_soft_reservations()
            prices = lead.line_ids._get_stock_prices() if holds else {}
            for hold in holds:
                price = prices.get((hold.product_id, hold.warehouse_id), 0.0)
                if hold.opportunity_price != price:
                    hold.opportunity_price = price

    # ------------------------------------------------------------------
    # Stages, merging
    # ------------------------------------------------------------------

    def _allocate_on_arrival(self):
        """Hold stock in stages that do so by themselves; say so where they cannot."""
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
        """Products and what is held for them go to the opportunity that stays."""
        result = super()._merge_dependences(opportunities)
        merged = opportunities.sudo()
        merged.line_ids.with_context(active_test=False).lead_id = self
        merged.soft_reservation_ids.write({"origin_id": self.id, "origin": self.name})
        self._price_soft_reservations()
        return result

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.backorder_atp_fastapi.problems import (
    insufficient_inventory,
    not_found,
)


class BackorderApiOpportunity(models.AbstractModel):
    """Opportunities and the stock reserved for them."""

    _name = "backorder.api.opportunity"
    _description = "Backorder HTTP API: Opportunities"
    _inherit = "backorder.api"

    def _find_opportunity(self, opportunity_id):
        domain = self._get_opportunity_domain() & Domain("id", "=", opportunity_id)
        leads = self.env["crm.lead"].with_context(active_test=False)
        lead = leads.search(domain).with_env(self.env)
        if not lead:
            raise not_found(self.env._("Opportunity not found: %s", opportunity_id))
        return lead

    def _get_opportunity_domain(self):
        return Domain("company_id", "in", (self.env.company.id, False))

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _list_opportunities(self, customer_id, limit, cursor=None):
        domain = self._get_opportunity_domain() & Domain("type", "=", "opportunity")
        if customer_id:
            domain &= Domain("partner_id", "child_of", customer_id)
        leads, page = self._search_by_id(self.env["crm.lead"], domain, limit, cursor)
        rows = [self._prepare_opportunity(lead) for lead in leads]
        return {"opportunities": rows, **page}

    def _get_opportunity(self, opportunity_id):
        return self._prepare_opportunity(self._find_opportunity(opportunity_id))

    def _get_opportunity_credit(self, opportunity_id):
        return self._find_opportunity(opportunity_id).get_credit_impact()

    def _get_allocation_report(self):
        report = self.env["crm.lead"].get_allocation_report()
        return {
            **report,
            "opportunitiesByStage": [
                self._replace_false(row, "stage")
                for row in report["opportunitiesByStage"]
            ],
            "inventoryAllocationBySku": [
                self._replace_false(row, "sku")
                for row in report["inventoryAllocationBySku"]
            ],
        }

    # ------------------------------------------------------------------
    # Allocating
    # ------------------------------------------------------------------

    def _allocate_opportunity(self, opportunity_id):
        """Reserve everything that is missing, or nothing.

        :raise ApiProblem: when it cannot be promised
        """
        lead = self._find_opportunity(opportunity_id)
        try:
            lead.action_allocate_stock()
        except OrderValidationError as error:
            # refused before anything was written; the refusal stays in the log
            items = self._prepare_short_items(lead._get_missing_stock())
            raise insufficient_inventory(str(error), items) from error
        return self._prepare_opportunity(lead)

    def _release_opportunity(self, opportunity_id, payload):
        lead = self._find_opportunity(opportunity_id)
        lead.action_release_stock(payload.reason)
        return self._prepare_opportunity(lead)

    # ------------------------------------------------------------------
    # Responses
    # ------------------------------------------------------------------

    def _prepare_opportunity(self, lead):
        return {
            "opportunity_id": lead.id,
            "name": lead.name,
            "stage": lead.stage_id.name or None,
            "probability": lead.probability,
            "won_status": lead.won_status,
            "customer_id": lead.partner_id.id or None,
            "customer": lead.partner_id.sudo().display_name or None,
            "salesperson": lead.user_id.sudo().name or None,
            "allocation_status": lead.allocation_state,
            "allocated_value": lead.allocated_value,
            "currency": lead.company_currency.name,
            "reserved_until": self._to_moment(lead.stock_reserved_until),
            "release_reason": lead.stock_end_reason or None,
            "can_allocate": lead.can_allocate_stock,
            "lines": [self._prepare_opportunity_line(line) for line in lead.line_ids],
        }

    def _prepare_opportunity_line(self, line):
        return {
            "line_id": line.id,
            **self._prepare_product(line.product_id),
            "quantity": line.quantity,
            "unit": line.product_uom_id.name,
            "warehouse_id": line.warehouse_id.id or None,
            "warehouse": line.warehouse_id.sudo().name or None,
            "reserved_quantity": line.soft_reserved_qty,
            "available_quantity": line.available_qty,
            "is_short": line.is_short,
            "unit_price": line.price_unit,
            "subtotal": line.price_subtotal,
        }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockRule(models.Model):
    """Emergency purchases are kept separate from routine ones."""

    _inherit = "stock.rule"

    def _make_po_get_domain(self, company_id, values, partner):
        domain = super()._make_po_get_domain(company_id, values, partner)
        return (*domain, ("is_emergency", "=", bool(values.get("is_emergency"))))

    def _prepare_purchase_order(self, company_id, origins, values):
        vals = super()._prepare_purchase_order(company_id, origins, values)
        if any(value.get("is_emergency") for value in values):
            vals |= {"is_emergency": True, "priority": "1"}
        return vals

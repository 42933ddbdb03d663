# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_moves_to_assign_domain(self, company_id):
        """The scheduler skips orders on hold, as retries do."""
        domain = super()._get_moves_to_assign_domain(company_id)
        on_hold = [("order_id.backorder_state", "=", "on_hold")]
        return domain & Domain("sale_line_id", "not any", on_hold)

    def _is_own_supply(self):
        """Whether this rule procures goods for the order itself."""
        self.ensure_one()
        return (
            self.action in ("buy", "manufacture")
            or self.procure_method in ("make_to_order", "mts_else_mto")
            or self.location_src_id.usage in ("supplier", "production")
        )

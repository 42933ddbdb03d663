# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .stock_discrepancy import OPEN_STATES


class ProductProduct(models.Model):
    _inherit = "product.product"

    open_discrepancy_count = fields.Integer(
        "Open Discrepancies", compute="_compute_open_discrepancy_count"
    )

    @api.depends_context("allowed_company_ids")
    def _compute_open_discrepancy_count(self):
        counts = dict(
            self.env["stock.discrepancy"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", self.ids),
                    ("state", "in", OPEN_STATES),
                    ("company_id", "in", self.env.companies.ids),
                ],
                ["product_id"],
                ["__count"],
            )
        )
        for product in self:
            product.open_discrepancy_count = counts.get(product._origin.sudo(), 0)

    def action_view_discrepancies(self):
        """Open the discrepancies of these products, the open ones first."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.stock_discrepancy_action"
        )
        return {
            **action,
            "domain": [("product_id", "in", self.ids)],
            "context": {
                "search_default_open": 1,
                "default_product_id": self.id if len(self) == 1 else False,
            },
        }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ProductProduct(models.Model):
    """Products of which more is promised than available."""

    _inherit = "product.product"

    is_backordered = fields.Boolean(
        "Backordered",
        compute="_compute_is_backordered",
        search="_search_is_backordered",
        help="More is promised than available: an alert is open.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_is_backordered(self):
        backordered = self._get_backordered_alerts(
            [("product_id", "in", self.ids)]
        ).product_id
        for product in self:
            product.is_backordered = product in backordered

    def _search_is_backordered(self, operator, value):
        if operator != "in":
            return NotImplemented
        products = self._get_backordered_alerts([]).product_id
        return [("id", "in" if True in value else "not in", products.ids)]

    def _get_backordered_alerts(self, domain):
        return (
            self.env["backorder.alert"]
            .sudo()
            .search(
                [
                    *domain,
                    ("alert_type", "=", "detected"),
                    ("state", "=", "open"),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
        )

    def action_view_alerts(self):
        """Open the alerts of these products."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp_alert.backorder_alert_action"
        )
        return {**action, "domain": [("product_id", "in", self.ids)]}

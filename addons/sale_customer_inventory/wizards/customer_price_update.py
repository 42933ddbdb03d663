# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerPriceUpdate(models.TransientModel):
    """Change the prices of one customer in bulk."""

    _name = "customer.price.update"
    _inherit = "backorder.wizard.mixin"
    _description = "Customer Prices"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    method = fields.Selection(
        [
            ("price", "Prices"),
            ("discount", "Discounts off the list price"),
        ],
        default="price",
        required=True,
    )
    discount_for_all = fields.Float(
        "Discount for All (%)",
        digits=(5, 2),
        help="Sets the discount of each product below.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    line_ids = fields.One2many("customer.price.update.line", "update_id", "Products")

    @api.depends("partner_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for update in self:
            update.currency_id = (
                update.partner_id.property_product_pricelist.currency_id
                or self.env.company.currency_id
            )

    @api.onchange("discount_for_all")
    def _onchange_discount_for_all(self):
        if self.discount_for_all:
            self.line_ids.discount = self.discount_for_all

    def action_apply(self):
        """Apply the changed prices."""
        self.ensure_one()
        updates = [line._prepare_update() for line in self.line_ids if line._is_new()]
        if not updates:
            raise UserError(self.env._("Change at least one price first."))
        result = self.partner_id.update_customer_pricing(updates)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": result["pricelist"],
                "message": self.env._(
                    "%s prices changed.", len(result["updated"]) or self.env._("No")
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

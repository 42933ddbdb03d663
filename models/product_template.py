# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

# The variants with what can be promised of each.
VARIANTS_VIEW = "backorder_atp.product_product_view_list_promise"


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "backorder.policy.mixin"]
    _backorder_policy_parent = "categ_id"

    backorder_order_count = fields.Integer(
        "Orders on Backorder", compute="_compute_backorder_order_count"
    )

    promise_available_qty = fields.Float(
        "Available to Promise",
        compute="_compute_promise_available_qty",
        digits="Product Unit",
        help="The quantity of all variants that can still be promised in your"
        " warehouses, never below zero.",
    )

    @api.depends("product_variant_ids.promise_available_qty")
    @api.depends_context("allowed_company_ids", "warehouse_id")
    def _compute_promise_available_qty(self):
        for template in self:
            template.promise_available_qty = sum(
                template.product_variant_ids.mapped("promise_available_qty")
            )

    @api.depends("product_variant_ids.backorder_order_count")
    @api.depends_context("allowed_company_ids", "warehouse_id")
    def _compute_backorder_order_count(self):
        for template in self:
            template.backorder_order_count = len(
                template.product_variant_ids._get_backorder_orders()
            )

    @api.depends("product_variant_ids.allow_backorder", "categ_id.allow_backorder")
    def _compute_is_backorder_allowed(self):
        """Show the policy of a single variant, as the variant is what is sold."""
        result = super()._compute_is_backorder_allowed()
        for template in self.filtered(lambda one: len(one.product_variant_ids) == 1):
            variant = template.product_variant_ids
            template.is_backorder_allowed = variant.is_backorder_allowed
            template.backorder_policy_source = variant.backorder_policy_source
        return result

    def _get_backorder_policy_label(self):
        return self.env._("Product %s", self.display_name)

    def _get_backorder_policy_products(self):
        return self.product_variant_ids

    def action_view_backorders(self):
        """Open the orders that are short of any variant of this product."""
        return self.product_variant_ids.action_view_backorders()

    def action_explain(self):
        """Explain the available quantity; several variants are listed with theirs."""
        self.ensure_one()
        self.check_access("read")
        variants = self.product_variant_ids
        if len(variants) == 1:
            return variants.action_explain()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Available to Promise: %s", self.display_name),
            "res_model": "product.product",
            "views": [
                (self.env.ref(VARIANTS_VIEW).id, "list"),
                (False, "form"),
            ],
            "domain": [("id", "in", variants.ids)],
            "context": {"create": False},
        }

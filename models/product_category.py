# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "backorder.policy.mixin"]
    _backorder_policy_parent = "parent_id"

    def _get_backorder_policy_label(self):
        return self.env._("Category %s", self.display_name)

    def _get_backorder_policy_products(self):
        return self.env["product.product"].search([("categ_id", "child_of", self.ids)])

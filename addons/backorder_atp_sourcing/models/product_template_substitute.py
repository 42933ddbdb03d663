# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    substitute_ids = fields.One2many(
        "product.substitute",
        "product_tmpl_id",
        "Substitutes",
        help="Products to sell instead when this one is short, in order of preference.",
    )

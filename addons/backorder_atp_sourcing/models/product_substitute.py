# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ProductSubstitute(models.Model):
    """A product that may be sold instead of another."""

    _name = "product.substitute"
    _description = "Substitute"
    _order = "sequence, id"
    _rec_name = "substitute_id"

    sequence = fields.Integer(default=10)
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", required=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product",
        "Variant",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        ondelete="cascade",
        help="The variant that can be replaced. Leave empty for all variants.",
    )
    substitute_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('sale_ok', '=', True), ('product_tmpl_id', '!=', product_tmpl_id)]",
    )
    is_both_ways = fields.Boolean(
        "Both Ways", help="The product can also be sold instead of the substitute."
    )
    note = fields.Char(help="Information for salespeople, e.g. differences.")
    company_id = fields.Many2one(
        related="product_tmpl_id.company_id", store=True, server_only=True
    )

    _substitute_uniq = models.UniqueIndex(
        "(product_tmpl_id, COALESCE(product_id, 0), substitute_id)",
        "This substitute has already been added.",
    )

    @api.constrains("product_tmpl_id", "product_id", "substitute_id")
    def _check_substitute(self):
        for row in self:
            if row.substitute_id.product_tmpl_id == row.product_tmpl_id:
                raise ValidationError(
                    self.env._(
                        "%s cannot replace itself.", row.substitute_id.display_name
                    )
                )
            if row.product_id and row.product_id.product_tmpl_id != row.product_tmpl_id:
                raise ValidationError(
                    self.env._(
                        "%(variant)s is not a variant of %(product)s.",
                        variant=row.product_id.display_name,
                        product=row.product_tmpl_id.display_name,
                    )
                )

    @api.model
    def _get_substitutes(self, product):
        """Return ``[(substitute, note)]`` for ``product``, the first choice first.

        Its own substitutes, then products that it replaces both ways.
        """
        return self._get_all_substitutes(product)[product]

    @api.model
    def _get_all_substitutes(self, products):
        """Return ``{product: [(substitute, note)]}``; see :meth:`_get_substitutes`."""
        rows = self.search(
            Domain("product_tmpl_id", "in", products.product_tmpl_id.ids)
            | Domain("is_both_ways", "=", True)
            & Domain("substitute_id", "in", products.ids)
        )
        return {product: rows._get_choices(product) for product in products}

    def _get_choices(self, product):
        rows = self.filtered(lambda row: row._replaces(product))
        notes = {}
        for row in rows.sorted(lambda row: row.substitute_id == product):
            for substitute in row._get_others(product):
                notes.setdefault(substitute, row.note)
        return list(notes.items())

    def _replaces(self, product):
        """Whether this row provides a substitute for ``product``."""
        if self.substitute_id == product:
            return self.is_both_ways
        is_named = self.product_tmpl_id == product.product_tmpl_id
        return is_named and self.product_id in (product, product.browse())

    def _get_others(self, product):
        if self.substitute_id != product:
            candidates = self.substitute_id
        else:
            candidates = self.product_id or self.product_tmpl_id.product_variant_ids
        return candidates.filtered(lambda other: other.active and other.sale_ok)

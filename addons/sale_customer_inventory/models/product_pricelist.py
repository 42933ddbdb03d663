# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProductPricelist(models.Model):
    """Pricelists of one customer, and prices in bulk."""

    _inherit = "product.pricelist"

    customer_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="cascade",
        help="The only customer to whom these prices apply.",
    )

    def _get_partner_pricelist_multi_search_domain_hook(self, company_id):
        """Exclude pricelists of one customer as a fallback for others."""
        domain = super()._get_partner_pricelist_multi_search_domain_hook(company_id)
        return [*domain, ("customer_id", "=", False)]

    def _get_bulk_prices(self, products, currency):
        """Return ``{product_id: price}`` of one unit, today.

        Base pricelists are computed for all products first, while Odoo computes them
        for each product.

        :param products: ``product.product`` records
        :param currency: of the prices returned
        """
        known = {}
        self._compute_base_pricelists(products, known)
        return self._compute_bulk(products, currency, known)

    def _compute_base_pricelists(self, products, known):
        """Add the prices of the base pricelists to ``known``."""
        bases = self.env["product.pricelist.item"].search(
            [("pricelist_id", "in", self.ids), ("base", "=", "pricelist")]
        )
        for base in bases.base_pricelist_id:
            if base.id not in known:
                base._compute_base_pricelists(products, known)
                known[base.id] = base._compute_bulk(products, base.currency_id, known)

    def _compute_bulk(self, products, currency, known):
        """Compute in the currency of the pricelist, as fixed prices are in it."""
        own = self.currency_id or currency
        today = fields.Datetime.now()
        prices = self._compute_price_rule(
            products, 1.0, currency=own, date=today, known_prices=known
        )
        return {
            product_id: own._convert(
                price, currency, self.env.company, today, round=False
            )
            for product_id, (price, _rule) in prices.items()
        }

    # ------------------------------------------------------------------
    # Prices of one customer
    # ------------------------------------------------------------------

    def _set_customer_price(self, product, update):
        """Create or replace the rule for one unit of ``product``."""
        values = self._prepare_customer_rule(product, update)
        rules = self.item_ids.filtered(
            lambda rule: (
                rule.product_id == product
                and rule.min_quantity <= 1
                and not rule.date_start
                and not rule.date_end
            )
        )
        if rules:
            rules.write(values)
        else:
            self.item_ids.create({**values, "pricelist_id": self.id})

    def _prepare_customer_rule(self, product, update):
        values = {
            "applied_on": "0_product_variant",
            "product_tmpl_id": product.product_tmpl_id.id,
            "product_id": product.id,
            "min_quantity": 0,
        }
        if update.get("customerPrice") is not None:
            price = update["customerPrice"]
            return {**values, "compute_price": "fixed", "fixed_price": price}
        return {
            **values,
            "compute_price": "percentage",
            "base": "list_price",
            "percent_price": update["discountPercentage"],
        }

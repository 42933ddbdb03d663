# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class ResPartner(models.Model):
    """Prices of one customer, changed in bulk through a pricelist."""

    _inherit = "res.partner"

    def update_customer_pricing(self, updates):
        """Set the prices of this customer for products, all or none.

        Prices are written to the customer's own pricelist, in its currency and without
        tax. It is created if the customer has none, based on the current pricelist.
        Unchanged prices are skipped.

        :param updates: list of dicts with ``productId`` or ``sku`` (internal
            reference or barcode), and either ``customerPrice`` for one unit or
            ``discountPercentage`` off the list price
        :return: dict with ``customerId``, ``pricelistId``, ``pricelist`` and
            ``updated``, a list of dicts with ``productId``, ``sku``, ``product``,
            ``previousPrice`` and ``customerPrice``
        :raise AccessError: when the user may not change pricelists
        :raise UserError: naming each product that is unknown, duplicate or has an
            invalid price, and when pricelists are disabled
        """
        self.ensure_one()
        self._check_may_price()
        checked = self._check_price_updates(self._find_priced_products(updates))
        customer = self.commercial_partner_id
        products = self.env["product.product"].union(*checked)
        pricelist = customer._get_own_pricelist()
        currency = pricelist.currency_id
        before = pricelist._get_bulk_prices(products, currency)
        for product, update in checked.items():
            pricelist._set_customer_price(product, update)
        after = pricelist._get_bulk_prices(products, currency)
        updated = [
            {
                "productId": product.id,
                "sku": product.default_code or False,
                "product": product.display_name,
                "previousPrice": currency.round(before[product.id]),
                "customerPrice": currency.round(after[product.id]),
            }
            for product in products
            if currency.compare_amounts(before[product.id], after[product.id])
        ]
        customer._log_price_update(pricelist, updated)
        return {
            "customerId": self.id,
            "pricelistId": pricelist.id,
            "pricelist": pricelist.name,
            "updated": updated,
        }

    def action_update_customer_prices(self):
        """Open the prices of this customer to change them in bulk."""
        self.ensure_one()
        products = self.env["product.product"].search(
            self._get_inventory_domain(), limit=200
        )
        return self._get_price_update_action(products)

    def _get_price_update_action(self, products):
        self._check_may_price()
        wizard = self.env["customer.price.update"].create(
            {
                "partner_id": self.id,
                "line_ids": [
                    Command.create({"product_id": product.id}) for product in products
                ],
            }
        )
        return self._open_price_update(wizard)

    def _open_price_update(self, wizard):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Prices for %s", self.display_name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_may_price(self):
        self.check_access("read")
        for model in ("product.pricelist", "product.pricelist.item"):
            for operation in ("create", "write"):
                if not self.env[model].has_access(operation):
                    raise AccessError(
                        self.env._(
                            "Only sales managers can change customer prices. Ask an"
                            " administrator for this role."
                        )
                    )
        feature = "product.group_product_pricelist"
        if not self.env["res.groups"]._is_feature_enabled(feature):
            raise UserError(
                self.env._(
                    "Customer prices require pricelists. Enable them in the settings"
                    " of Sales first."
                )
            )

    def _find_priced_products(self, updates):
        """Return ``[(product, update)]``; unknown products are named together."""
        if not isinstance(updates, list) or not all(
            isinstance(update, dict) for update in updates
        ):
            raise UserError(
                self.env._("Provide a list of prices, each with a product and a price.")
            )
        found, unknown = [], []
        known = self._match_products(updates)
        for update in updates:
            key = update.get("productId") or update.get("sku")
            if product := known.get(key):
                found.append((product, update))
            else:
                unknown.append(str(key))
        if unknown:
            raise UserError(
                self.env._(
                    "No product found for %s. Use its ID, internal reference or"
                    " barcode.",
                    ", ".join(unknown),
                )
            )
        return found

    def _match_products(self, updates):
        """Return ``{id, internal reference or barcode: product}`` for the updates."""
        ids = [update["productId"] for update in updates if update.get("productId")]
        codes = [str(update["sku"]) for update in updates if update.get("sku")]
        products = self.env["product.product"].search(
            ["|", ("id", "in", ids), "|", ("default_code", "in", codes)]
            + [("barcode", "in", codes)]
        )
        known = {product.barcode: product for product in products if product.barcode}
        known |= {row.default_code: row for row in products if row.default_code}
        return known | {product.id: product for product in products}

    def _check_price_updates(self, found):
        """Return ``{product: update}``, or raise naming each invalid one."""
        valid, errors = {}, []
        for product, update in found:
            error = self._get_price_error(update)
            if product in valid:
                error = self.env._("it is listed twice")
            if error:
                errors.append(f"• {product.display_name}: {error}")
            valid[product] = update
        if errors:
            raise UserError(
                "\n".join([self.env._("These prices cannot be set:"), *errors])
            )
        if not valid:
            raise UserError(self.env._("Enter at least one price."))
        return valid

    def _get_price_error(self, update):
        price, discount = update.get("customerPrice"), update.get("discountPercentage")
        if (price is None) == (discount is None):
            return self.env._("enter either a price or a discount")
        value = discount if price is None else price
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.env._("%s is not a number", value)
        if price is not None and price < 0:
            return self.env._("the price cannot be negative")
        if discount is not None and not 0 <= discount <= 100:
            return self.env._("the discount must be between 0 and 100 percent")
        return False

    # ------------------------------------------------------------------
    # The pricelist
    # ------------------------------------------------------------------

    def _get_own_pricelist(self):
        """Return the customer's own pricelist in this company; create it if needed."""
        current = self.with_company(self.env.company).property_product_pricelist
        if current.customer_id == self:
            return current
        pricelist = self.env["product.pricelist"].create(
            self._prepare_own_pricelist(current)
        )
        # users who may change prices might not be allowed to write the customer
        customer = self.sudo().with_company(self.env.company)
        customer.specific_property_product_pricelist = pricelist
        return pricelist

    def _prepare_own_pricelist(self, current):
        currency = current.currency_id or self.env.company.currency_id
        fallback = {
            "applied_on": "3_global",
            "compute_price": "formula",
            "base": "pricelist",
            "base_pricelist_id": current.id,
        }
        return {
            "name": self.env._("Prices for %s", self.name),
            "customer_id": self.id,
            "company_id": self.env.company.id,
            "currency_id": currency.id,
            "item_ids": [Command.create(fallback)] if current else [],
        }

    def _log_price_update(self, pricelist, updated):
        if not updated:
            return
        self.env["backorder.event"]._log(
            "customer:prices_updated",
            company=self.env.company,
            payload={
                "customerId": self.id,
                "customer": self.display_name,
                "pricelistId": pricelist.id,
                "pricelist": pricelist.name,
                "currency": pricelist.currency_id.name,
                "prices": updated,
            },
        )
        self.message_post(
            body=self.env._(
                "%(count)s prices changed in %(pricelist)s.",
                count=len(updated),
                pricelist=pricelist._get_html_link(),
            )
        )

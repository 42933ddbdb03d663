# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain

SKU_NAMES = ("default_code", "barcode")


class BackorderApiCustomer(models.AbstractModel):
    """Stock, prices and credit of a customer."""

    _name = "backorder.api.customer"
    _description = "Backorder HTTP API: Customers"
    _inherit = "backorder.api"

    # ------------------------------------------------------------------
    # Inventory
    # ------------------------------------------------------------------

    def _get_inventory(self, customer_id, limit, cursor=None, skus=None):
        """Return the body of ``GET /customers/{customerId}/inventory``."""
        customer = self._find_customer(customer_id)
        domain = customer._get_inventory_domain()
        if skus:
            domain &= Domain.OR(Domain(name, "in", skus) for name in SKU_NAMES)
        products, page = self._search_by_id(
            self.env["product.product"], domain, limit, cursor
        )
        view = customer.get_customer_inventory([("id", "in", products.ids)])
        items = sorted(view["inventoryItems"], key=lambda item: item["productId"])
        return {
            **view,
            "inventoryItems": [self._prepare_inventory_item(item) for item in items],
            "lastUpdated": self._to_moment(
                fields.Datetime.to_datetime(view["lastUpdated"])
            ),
            **page,
        }

    def _prepare_inventory_item(self, item):
        location = item["location"] or None
        return {**self._replace_false(item, "sku"), "location": location}

    def _update_prices(self, customer_id, payload):
        customer = self._find_customer(customer_id)
        result = customer.update_customer_pricing(
            [
                update.model_dump(by_alias=True, exclude_none=True)
                for update in payload.updates
            ]
        )
        updated = [self._replace_false(row, "sku") for row in result["updated"]]
        return {**result, "updated": updated}

    # ------------------------------------------------------------------
    # Credit
    # ------------------------------------------------------------------

    def _get_customer_credit(self, customer_id, amount=None, part=None, quantity=None):
        customer = self._find_customer(customer_id)
        product = part and self._find_part(part)
        impact = customer.get_credit_impact(amount, product and product.id, quantity)
        return self._replace_false(impact, "sku")

    def _get_order_credit(self, order_id):
        return self._find_order(order_id).get_credit_impact()

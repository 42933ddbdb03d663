# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

FIGURES = {
    "available": "customer_available_qty",
    "list_price": "customer_list_price",
    "price": "customer_price",
    "discount": "customer_discount",
    "lead_time": "customer_lead_time",
    "location": "customer_location",
    "value": "customer_value",
}


class ProductProduct(models.Model):
    """A product with the figures of the customer in the context."""

    _inherit = "product.product"

    customer_available_qty = fields.Float(
        "Available",
        compute="_compute_customer_figures",
        digits="Product Unit",
        help="Available to promise in all warehouses of the company.",
    )
    customer_reserved_qty = fields.Float(
        "Reserved for Customer",
        compute="_compute_customer_figures",
        digits="Product Unit",
        help="Soft reserved for the customer, or reserved for the customer's orders.",
    )
    customer_list_price = fields.Monetary(
        "List Price",
        compute="_compute_customer_figures",
        currency_field="customer_currency_id",
    )
    customer_price = fields.Monetary(
        "Price for Customer",
        compute="_compute_customer_figures",
        currency_field="customer_currency_id",
        help="The price of one unit today from the customer's pricelist, without tax.",
    )
    customer_discount = fields.Float(
        "Discount (%)",
        compute="_compute_customer_figures",
        digits=(5, 2),
    )
    customer_lead_time = fields.Integer(
        "Lead Time (Days)",
        compute="_compute_customer_figures",
        help="The customer lead time of the product, plus the lead time of its vendor"
        " if none is available.",
    )
    customer_location = fields.Char(
        "Available In",
        compute="_compute_customer_figures",
        help="The warehouses with available stock.",
    )
    customer_value = fields.Monetary(
        "Value",
        compute="_compute_customer_figures",
        currency_field="customer_currency_id",
        help="The available quantity at the customer's price.",
    )
    customer_currency_id = fields.Many2one(
        "res.currency", compute="_compute_customer_figures"
    )

    @api.depends_context("customer_id", "allowed_company_ids", "uid")
    def _compute_customer_figures(self):
        partner = self._get_inventory_customer()
        rows = {}
        if partner:
            rows = self.env["customer.inventory"]._get_rows(partner, self._origin)
        empty = dict.fromkeys((*FIGURES, "held", "allocated"), 0)
        for product in self:
            row = rows.get(product._origin.id, empty)
            for name, field_name in FIGURES.items():
                product[field_name] = row[name]
            product.customer_reserved_qty = row["held"] + row["allocated"]
            product.customer_currency_id = self.env.company.currency_id

    @api.model
    def _get_inventory_customer(self):
        """Return the customer in the context, if the user may see it."""
        customer_id = self.env.context.get("customer_id")
        if not isinstance(customer_id, int):
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            [("id", "=", customer_id), ("active", "in", (True, False))]
        )

    def action_update_customer_prices(self):
        """Open the customer's prices of these products."""
        partner = self._get_inventory_customer()
        if not partner:
            raise UserError(
                self.env._("Open the inventory of a customer to change prices.")
            )
        return partner._get_price_update_action(self)

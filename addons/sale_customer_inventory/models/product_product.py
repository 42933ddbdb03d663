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
    """A product as one customer sees it, who is named by the context.

    The context says whom the figures are about; it decides on nothing.
    """

    _inherit = "product.product"

    customer_available_qty = fields.Float(
        "Available",
        compute="_compute_customer_figures",
        digits="Product Unit",
        help="What can be promised, from all warehouses of the company.",
    )
    customer_reserved_qty = fields.Float(
        "Reserved for Them",
        compute="_compute_customer_figures",
        digits="Product Unit",
        help="What is held for the customer or reserved for the customer's orders.",
    )
    customer_list_price = fields.Monetary(
        "List Price",
        compute="_compute_customer_figures",
        currency_field="customer_currency_id",
    )
    customer_price = fields.Monetary(
        "Their Price",
        compute="_compute_customer_figures",
        currency_field="customer_currency_id",
        help="What the customer's pricelist says for one unit today, without tax.",
    )
    customer_discount = fields.Float(
        "Discount (%)",
        compute="_compute_customer_figures",
        digits=(5, 2),
    )
    customer_lead_time = fields.Integer(
        "Lead Time (Days)",
        compute="_compute_customer_figures",
        help="What the product needs to the customer; if none is available, also what"
        " its vendor needs.",
    )
    customer_location = fields.Char(
        "Where", compute="_compute_customer_figures", help="Warehouses that have some."
    )
    customer_value = fields.Monetary(
        "Value",
        compute="_compute_customer_figures",
        currency_field="customer_currency_id",
        help="What is available, at their price.",
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
        """Return the customer that the context names, if the user may see him."""
        customer_id = self.env.context.get("customer_id")
        if not isinstance(customer_id, int):
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            [("id", "=", customer_id), ("active", "in", (True, False))]
        )

    def action_update_customer_prices(self):
        """Ask for the customer's prices of these products."""
        partner = self._get_inventory_customer()
        if not partner:
            raise UserError(
                self.env._("Open the inventory of a customer to change prices there.")
            )
        return partner._get_price_update_action(self)

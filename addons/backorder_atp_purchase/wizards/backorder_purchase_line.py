# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.backorder_atp.dates import add_days


class BackorderPurchaseLine(models.TransientModel):
    _name = "backorder.purchase.line"
    _inherit = "backorder.wizard.mixin"
    _description = "Emergency Purchase Item"

    purchase_id = fields.Many2one(
        "backorder.purchase", required=True, ondelete="cascade", index=True
    )
    is_selected = fields.Boolean("Buy")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id")
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True)
    company_id = fields.Many2one(related="warehouse_id.company_id")
    shortage_qty = fields.Float(
        "Beyond Stock",
        digits="Product Unit",
        readonly=True,
        help="Demand beyond stock from orders, including those on hold, and from"
        " transfers without an order.",
    )
    requested_qty = fields.Float(
        "Requested",
        digits="Product Unit",
        readonly=True,
        help="Quantity on requests for quotation and purchases to approve.",
    )
    ordered_qty = fields.Float(
        "Incoming",
        digits="Product Unit",
        readonly=True,
        help="Quantity on confirmed purchases, transfers and other receipts.",
    )
    held_qty = fields.Float(
        "On Hold",
        digits="Product Unit",
        readonly=True,
        help="The part of the shortage that belongs to orders on hold. Nothing is"
        " bought for them until they are released.",
    )
    uncovered_qty = fields.Float(
        "Uncovered",
        digits="Product Unit",
        readonly=True,
        help="The shortage that is not on order yet, without orders on hold.",
    )
    obstacle = fields.Char("Note", readonly=True)
    seller_id = fields.Many2one(
        "product.supplierinfo",
        "Vendor",
        domain="[('product_tmpl_id', '=', product_tmpl_id),"
        " ('product_id', 'in', (False, product_id)),"
        " ('company_id', 'in', (False, company_id))]",
    )
    quantity = fields.Float("To Buy", digits="Product Unit")
    purchase_uom_id = fields.Many2one(
        related="seller_id.product_uom_id", string="Purchase Unit"
    )
    currency_id = fields.Many2one(related="seller_id.currency_id")
    price_unit = fields.Float(
        "Unit Price", compute="_compute_price", min_display_digits="Product Price"
    )
    amount = fields.Monetary(compute="_compute_price")
    date_planned = fields.Date("Expected", compute="_compute_date_planned")

    @api.depends("seller_id", "quantity")
    def _compute_price(self):
        for line in self:
            seller = line._get_priced_seller()
            line.price_unit = seller.price * (1 - seller.discount / 100)
            line.amount = line.price_unit * line.quantity

    def _get_priced_seller(self):
        """Return the vendor price that Odoo will use for this quantity."""
        seller = self.seller_id
        if not seller:
            return seller
        return (
            self.product_id.with_company(self.company_id)
            ._select_seller(
                partner_id=seller.partner_id,
                quantity=self.quantity,
                uom_id=seller.product_uom_id,
            )
            .filtered(lambda priced: priced.product_uom_id == seller.product_uom_id)
            or seller
        )

    @api.depends("seller_id")
    def _compute_date_planned(self):
        today = fields.Date.context_today(self)
        for line in self:
            line.date_planned = line.seller_id and add_days(today, line.seller_id.delay)

    @api.onchange("seller_id")
    def _onchange_seller_id(self):
        """Propose the quantity in the unit of the chosen vendor."""
        supply = self.env["backorder.supply"]
        margin = self.company_id.sudo().backorder_purchase_margin
        if self.seller_id:
            self.quantity = supply._get_purchase_qty(
                self.product_id,
                self.uncovered_qty * (1 + margin / 100),
                self.seller_id,
                self.warehouse_id,
            )

    def _prepare_request(self):
        """Return the request for :meth:`backorder.supply.buy`."""
        return {
            "product_id": self.product_id.id,
            "warehouse_id": self.warehouse_id.id,
            "seller_id": self.seller_id.id,
            "quantity": self.quantity,
            "uncovered": self.uncovered_qty,
        }

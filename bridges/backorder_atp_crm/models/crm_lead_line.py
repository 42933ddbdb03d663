# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLeadLine(models.Model):
    """What an opportunity is likely to need from stock (E4)."""

    _name = "crm.lead.line"
    _description = "Opportunity Line"
    _order = "lead_id, sequence, id"
    _rec_name = "product_id"
    _check_company_auto = True

    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("sale_ok", "=", True)],
    )
    quantity = fields.Float(required=True, digits="Product Unit", default=1.0)
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        domain="[('id', 'in', allowed_uom_ids)]",
    )
    allowed_uom_ids = fields.Many2many("uom.uom", compute="_compute_allowed_uom_ids")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        check_company=True,
        help="Where the stock is held.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    price_unit = fields.Monetary(
        "Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        help="For one unit, without tax, in the company's currency; by the customer's"
        " pricelist.",
    )
    price_subtotal = fields.Monetary(
        "Total", compute="_compute_price_subtotal", store=True, precompute=True
    )
    available_qty = fields.Float(
        "Available",
        compute="_compute_stock",
        digits="Product Unit",
        help="What the opportunity holds and what else can be promised.",
    )
    held_qty = fields.Float("Held", compute="_compute_stock", digits="Product Unit")
    is_short = fields.Boolean(compute="_compute_stock")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "Ask for a quantity above zero."
    )

    # ------------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------------

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            if line.product_uom_id not in line._get_allowed_uoms():
                line.product_uom_id = line.product_id.uom_id

    @api.depends("product_id")
    def _compute_allowed_uom_ids(self):
        for line in self:
            line.allowed_uom_ids = line._get_allowed_uoms()

    def _get_allowed_uoms(self):
        return self.product_id.uom_id | self.product_id.uom_ids

    @api.depends("lead_id.company_id", "lead_id.team_id", "lead_id.user_id")
    def _compute_warehouse_id(self):
        for line in self:
            if not line.warehouse_id or not line._is_own_warehouse(line.warehouse_id):
                line.warehouse_id = line._get_default_warehouse()

    def _is_own_warehouse(self, warehouse):
        company = self.lead_id.company_id or self.env.company
        return warehouse.company_id == company

    def _get_default_warehouse(self):
        """Return what a mapping names, or the only one; never one by chance (A6)."""
        company = self.lead_id.company_id or self.env.company
        salesman = self.lead_id.user_id.with_company(company)
        mapped = (self.lead_id.team_id.warehouse_id, salesman.property_warehouse_id)
        for warehouse in mapped:
            if warehouse and warehouse.company_id == company:
                return warehouse
        own = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=2
        )
        return own if len(own) == 1 else own.browse()

    @api.depends("lead_id.company_id", "warehouse_id")
    def _compute_company_id(self):
        for line in self:
            line.company_id = (
                line.warehouse_id.company_id
                or line.lead_id.company_id
                or self.env.company
            )

    @api.constrains("warehouse_id", "lead_id")
    def _check_warehouse(self):
        for line in self:
            warehouse, lead = line.warehouse_id.sudo(), line.lead_id
            if warehouse and lead.company_id not in (
                warehouse.company_id,
                warehouse.company_id.browse(),
            ):
                raise ValidationError(
                    self.env._(
                        "%(warehouse)s is a warehouse of another company than"
                        " %(opportunity)s.",
                        warehouse=warehouse.name,
                        opportunity=lead.name,
                    )
                )

    @api.depends("product_id", "product_uom_id", "lead_id.partner_id")
    def _compute_price_unit(self):
        for line in self.filtered("product_id"):
            company = line.company_id or self.env.company
            partner = line.lead_id.partner_id.with_company(company)
            pricelist = partner.property_product_pricelist
            currency = pricelist.currency_id or company.currency_id
            price = pricelist._get_product_price(
                line.product_id,
                line.quantity or 1.0,
                currency=currency,
                uom=line.product_uom_id,
            )
            line.price_unit = currency._convert(
                price, company.currency_id, company, fields.Date.context_today(line)
            )

    @api.depends("quantity", "price_unit")
    def _compute_price_subtotal(self):
        for line in self:
            line.price_subtotal = line.quantity * line.price_unit

    def _get_product_qty(self):
        """Return the quantity in the product's unit, not rounded."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, round=False
        )

    def _get_demand(self):
        """Return ``{(product, warehouse): quantity}`` asked for from stock."""
        demand = {}
        for line in self.filtered("product_id.is_storable"):
            key = (line.product_id, line.warehouse_id)
            demand[key] = demand.get(key, 0.0) + line._get_product_qty()
        return demand

    # ------------------------------------------------------------------
    # What there is
    # ------------------------------------------------------------------

    @api.depends(
        "product_id",
        "product_uom_id",
        "quantity",
        "warehouse_id",
        "lead_id.stock_hold_ids.state",
    )
    def _compute_stock(self):
        stored = self.filtered(lambda line: line.product_id and line.warehouse_id)
        shares = stored._get_shares()
        for line in self:
            held, available = shares.get(line, (0.0, 0.0))
            line.held_qty = line._to_line_unit(held)
            line.available_qty = line._to_line_unit(available)
            line.is_short = (
                line in shares
                and line.product_id.uom_id.compare(line._get_product_qty(), available)
                > 0
            )

    def _get_shares(self):
        """Return ``{line: (held, available)}`` in the product's unit.

        Lines of one opportunity that want the same are served in their order.
        """
        storable = self.filtered("product_id.is_storable")
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(
                storable.product_id._origin,
                storable.warehouse_id._origin,
                components=["displayed"],
            )
        )
        shares, taken = {}, {}
        for lead, lines in storable.grouped("lead_id").items():
            held = lead._origin._get_held_quantities()
            for line in lines:
                key = (line.product_id._origin, line.warehouse_id._origin)
                before = taken.get((lead, key), 0.0)
                own = held.get(key, 0.0)
                free = availability[key[0].id, key[1].id]["displayed"]
                shares[line] = (
                    min(max(0.0, own - before), line._get_product_qty()),
                    max(0.0, own + free - before),
                )
                taken[lead, key] = before + line._get_product_qty()
        return shares

    def _to_line_unit(self, quantity):
        if not quantity:
            return 0.0
        return self.product_id.uom_id._compute_quantity(
            quantity, self.product_uom_id, rounding_method="HALF-UP"
        )

    # ------------------------------------------------------------------
    # Holds follow what is asked for
    # ------------------------------------------------------------------

    def write(self, vals):
        leads = self.lead_id
        result = super().write(vals)
        if {"product_id", "product_uom_id", "quantity", "warehouse_id"} & vals.keys():
            (leads | self.lead_id)._trim_stock_holds()
        return result

    def unlink(self):
        leads = self.lead_id
        result = super().unlink()
        leads.exists()._trim_stock_holds()
        return result

    # ------------------------------------------------------------------
    # Quotation
    # ------------------------------------------------------------------

    def _prepare_order_line(self, currency):
        """Return the values of the quotation's line, its price in ``currency``."""
        self.ensure_one()
        price = self.currency_id._convert(
            self.price_unit, currency, self.company_id, fields.Date.context_today(self)
        )
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom_id": self.product_uom_id.id,
            "price_unit": price,
        }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Fields that decide what is reserved, and where.
RESERVATION_FIELDS = {"product_id", "product_uom_id", "quantity", "warehouse_id"}


class CrmLeadLine(models.Model):
    """A product that an opportunity is likely to need."""

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
        help="The warehouse where stock is reserved.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
        server_only=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    price_unit = fields.Monetary(
        "Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        help="The price of one unit by the customer's pricelist, without tax, in the"
        " company's currency.",
    )
    pricelist_price = fields.Monetary(
        compute="_compute_price_unit",
        store=True,
        precompute=True,
        help="The price last taken from the pricelist. If the line has another price,"
        " it was entered manually.",
        server_only=True,
    )
    price_subtotal = fields.Monetary(
        "Total",
        compute="_compute_price_subtotal",
        store=True,
        precompute=True,
        server_only=True,
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity must be greater than zero."
    )

    # ------------------------------------------------------------------
    # Demand
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
        """Return the mapped warehouse, or the only one; never an arbitrary one."""
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

    @api.depends("product_id", "product_uom_id", "quantity", "lead_id.partner_id")
    def _compute_price_unit(self):
        """Follow the pricelist, unless another price was entered."""
        for line in self.filtered("product_id"):
            by_hand = line._is_price_by_hand()
            line.pricelist_price = line._get_pricelist_price()
            if not by_hand:
                line.price_unit = line.pricelist_price

    def _is_price_by_hand(self):
        currency = self.currency_id or self.env.company.currency_id
        return (
            self._origin.product_id == self.product_id
            and bool(self.price_unit)
            and currency.compare_amounts(self.price_unit, self.pricelist_price) != 0
        )

    def _get_pricelist_price(self):
        """Return the unit price for this quantity, in the company's currency."""
        company = self.company_id or self.env.company
        partner = self.lead_id.partner_id.with_company(company)
        pricelist = partner.property_product_pricelist
        currency = pricelist.currency_id or company.currency_id
        price = pricelist._get_product_price(
            self.product_id,
            self.quantity or 1.0,
            currency=currency,
            uom=self.product_uom_id,
        )
        today = fields.Date.context_today(self)
        return currency._convert(price, company.currency_id, company, today)

    @api.depends("quantity", "price_unit")
    def _compute_price_subtotal(self):
        for line in self:
            line.price_subtotal = line.quantity * line.price_unit

    def _get_product_qty(self):
        """Return the quantity in the product's unit, not rounded."""
        self.ensure_one()
        return self.product_uom_id._convert_quantity(
            self.quantity, self.product_id.uom_id, round=False
        )

    def _get_components(self):
        """Return ``{line: {product: quantity}}`` that each line takes from stock.

        A kit is replaced by its components, in the unit of each. Make-to-order,
        manufactured and drop-shipped lines are left out.
        """
        components = {}
        for company, lines in self.filtered("product_id").grouped("company_id").items():
            wanted = [
                (line.product_id._origin, line._get_product_qty()) for line in lines
            ]
            found = self.env["product.product"]._get_components(
                wanted, company or self.env.company
            )
            components.update(zip(lines, found, strict=True))
        return self._leave_out_own_supply(components)

    def _leave_out_own_supply(self, components):
        """Leave out what the future order lines would procure themselves."""
        trials = {line: line._get_trial_order_line() for line in components}
        own_supply = self.env["sale.order.line"]._find_own_supply(
            [
                (trials[line], product)
                for line, parts in components.items()
                for product in parts
            ]
        )
        return {
            line: {
                product: quantity
                for product, quantity in parts.items()
                if (trials[line], product) not in own_supply
            }
            for line, parts in components.items()
        }

    def _get_trial_order_line(self):
        """Return a new order line that is not stored."""
        place = {
            "company_id": (self.company_id or self.env.company).id,
            "warehouse_id": self.warehouse_id._origin.id,
        }
        order = self.env["sale.order"].new(place)
        return self.env["sale.order.line"].new(
            {
                "order_id": order.id,
                "product_id": self.product_id._origin.id,
                "warehouse_id": place["warehouse_id"],
            }
        )

    def _get_demand(self, components=None):
        """Return ``{(product, warehouse): quantity}`` demanded from stock."""
        if components is None:
            components = self._get_components()
        demand = defaultdict(float)
        for line in self:
            for product, quantity in components.get(line, {}).items():
                demand[product, line.warehouse_id._origin] += quantity
        return dict(demand)

    def _get_stock_prices(self):
        """Return ``{(product, warehouse): unit price}`` of the demand.

        The components of a kit share its price by their costs, or else equally.
        """
        values, quantities = defaultdict(float), defaultdict(float)
        for line, parts in self._get_components().items():
            shares = line._get_shares_of_price(parts)
            for product, quantity in parts.items():
                key = (product, line.warehouse_id)
                values[key] += line.price_subtotal * shares[product]
                quantities[key] += quantity
        return {key: values[key] / quantities[key] for key in values if quantities[key]}

    def _get_shares_of_price(self, parts):
        """Return ``{product: share}`` of the line's price, adding up to one."""
        costs = {
            product: product.sudo().with_company(self.company_id).standard_price
            * quantity
            for product, quantity in parts.items()
        }
        total = sum(costs.values())
        if not total:
            return dict.fromkeys(parts, 1.0 / len(parts)) if parts else {}
        return {product: cost / total for product, cost in costs.items()}

    # ------------------------------------------------------------------
    # Soft reservations follow the demand
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.lead_id._price_soft_reservations()
        return lines

    def write(self, vals):
        if "product_id" in vals and "price_unit" not in vals:
            for line in self:  # another product has a price of its own
                line.pricelist_price = line.price_unit
        leads = self.lead_id
        result = super().write(vals)
        if RESERVATION_FIELDS & vals.keys():
            (leads | self.lead_id)._trim_soft_reservations()
        if (RESERVATION_FIELDS | {"price_unit"}) & vals.keys():
            (leads | self.lead_id)._price_soft_reservations()
        return result

    def unlink(self):
        leads = self.lead_id
        result = super().unlink()
        leads.exists()._trim_soft_reservations()
        leads.exists()._price_soft_reservations()
        return result

    # ------------------------------------------------------------------
    # Quotation
    # ------------------------------------------------------------------

    def _prepare_order_line(self, currency):
        """Return the values of the quotation line, its price in ``currency``."""
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

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "backorder.policy.mixin"]
    _backorder_policy_parent = "product_tmpl_id"

    stock_policy_ids = fields.One2many("stock.policy", "product_id")
    promise_available_qty = fields.Float(
        "Available to Promise",
        compute="_compute_promise_quantities",
        digits="Product Unit",
        help="The quantity that can still be promised in your warehouses, never"
        " below zero.",
    )
    backorder_shortage_qty = fields.Float(
        "Short",
        compute="_compute_backorder_figures",
        digits="Product Unit",
        help="The quantity missing on backordered orders in your warehouses,"
        " excluding orders on hold.",
    )
    backorder_order_count = fields.Integer(
        "Orders on Backorder", compute="_compute_backorder_figures"
    )

    def _get_backorder_policy_label(self):
        return self.env._("Variant %s", self.display_name)

    def _get_backorder_policy_products(self):
        return self

    @api.depends_context(
        "allowed_company_ids",
        "warehouse_id",
        "product_catalog_order_id",
        "product_catalog_order_model",
    )
    def _compute_promise_quantities(self):
        warehouses = self._get_promise_warehouses()
        availability = self.env["stock.availability"].get_availability(
            self,
            warehouses,
            self._get_order_of_catalog(),
            components=["displayed"],
        )
        for product in self:
            rows = [
                availability[product.id, warehouse.id]
                for warehouse in warehouses
                if product.id
            ]
            product.promise_available_qty = sum(row["displayed"] for row in rows)

    def _is_left_to_odoo(self):
        """Whether this is a kit and its components are not known here.

        Without the addon for kits, kits are not checked, as in plain Odoo.
        """
        self.ensure_one()
        return "is_kits" in self._fields and self.is_kits

    # ------------------------------------------------------------------
    # Stock needed for a product
    # ------------------------------------------------------------------

    @api.model
    def _get_components(self, wanted, company):
        """Return the stock needed for each of ``wanted``. Extended for kits.

        :param wanted: list of ``(product, quantity)``, the quantity in the product's
            unit
        :param company: the company whose kits apply
        :return: list of ``{component: quantity}`` in the same order, in the
            component's unit; empty for what is not kept in stock
        """
        return [
            {product: quantity} if product.is_storable else {}
            for product, quantity in wanted
        ]

    def _filter_stocked(self, company):
        """Return the products that are kept in stock themselves. Extended for kits.

        :param company: the company whose kits apply
        """
        return self

    def _get_products_in_demand(self):
        """Return the products whose orders may need stock of these products."""
        return self

    def action_explain(self):
        """Open the explanation of the available quantity in each warehouse."""
        self.ensure_one()
        return self.env["stock.availability"]._get_explanation_action(
            self, self._get_promise_warehouses()
        )

    def _get_order_of_catalog(self):
        """Return the order of the catalog, which does not compete with itself."""
        orders = self.env["sale.order"]
        if self.env.context.get("product_catalog_order_model") != orders._name:
            return orders
        order_id = self.env.context.get("product_catalog_order_id")
        return orders.browse(order_id or []).exists()._filtered_access("read")

    def _get_promise_warehouses(self):
        """Return the warehouse of the context, or all of the active companies."""
        warehouses = self.env["stock.warehouse"].sudo()
        if warehouse_id := self.env.context.get("warehouse_id"):
            return warehouses.browse(warehouse_id)
        return warehouses.search([("company_id", "in", self.env.companies.ids)])

    @api.depends_context("allowed_company_ids", "warehouse_id")
    def _compute_backorder_figures(self):
        lines = self.env["sale.order.line"]
        groups = lines._read_group(
            lines._get_backordered_domain() & self._get_selling_domain(),
            ["product_id"],
            ["order_id:count_distinct", "backorder_product_qty:sum"],
        )
        figures = {product: own for product, *own in groups}
        for product in self:
            count, short = figures.get(product._origin, (0, 0.0))
            product.backorder_order_count = count
            product.backorder_shortage_qty = short

    def _get_selling_domain(self):
        """Return the domain of lines that sell these products from these warehouses."""
        return Domain("product_id", "in", self._origin.ids) & Domain(
            "warehouse_id", "in", self._get_promise_warehouses().ids
        )

    def action_view_backorders(self):
        """Open the orders that are short of these products."""
        self.check_access("read")
        lines = self.env["sale.order.line"]._get_short_domain()
        lines &= self._get_selling_domain()
        return self.env["sale.order"]._get_board_action(
            Domain("order_line", "any", lines)
        )

    def _get_backorder_orders(self):
        """Return the orders that are short of any of these products."""
        lines = self.env["sale.order.line"]
        return lines.search(
            lines._get_backordered_domain() & self._get_selling_domain()
        ).order_id

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
        "Orders Waiting", compute="_compute_backorder_figures"
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
        """Whether this is a kit, and nobody here knows what it takes from stock.

        The addon for kits does; without it, Odoo alone decides on them.
        """
        self.ensure_one()
        return "is_kits" in self._fields and self.is_kits

    # ------------------------------------------------------------------
    # What is taken from stock, by whatever asks for the product
    # ------------------------------------------------------------------

    @api.model
    def _get_components(self, wanted, company):
        """Return what each of ``wanted`` takes from stock; a bridge opens kits.

        :param wanted: list of ``(product, quantity)``, the quantity in the product's
            unit
        :param company: whose kits count
        :return: list of ``{component: quantity}`` in the same order, in the
            component's unit; empty for what is not kept in stock
        """
        return [
            {product: quantity} if product.is_storable else {}
            for product, quantity in wanted
        ]

    def _filter_stocked(self, company):
        """Return the products that are stock themselves; a bridge leaves out kits.

        :param company: whose kits count
        """
        return self

    def _get_products_asking(self):
        """Return the products whose orders may take any of these from stock."""
        return self

    def action_explain(self):
        """Show how the available quantity comes about, in each warehouse."""
        self.ensure_one()
        return self.env["stock.availability"]._get_explanation_action(
            self, self._get_promise_warehouses()
        )

    def _get_order_of_catalog(self):
        """Return the order whose catalog is read: it does not compete with itself."""
        orders = self.env["sale.order"]
        if self.env.context.get("product_catalog_order_model") != orders._name:
            return orders
        order_id = self.env.context.get("product_catalog_order_id")
        return orders.browse(order_id or []).exists()._filtered_access("read")

    def _get_promise_warehouses(self):
        """Return the warehouses the reader asks about: one, or all of his companies."""
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
        """Return which lines sell these products from the reader's warehouses."""
        return Domain("product_id", "in", self._origin.ids) & Domain(
            "warehouse_id", "in", self._get_promise_warehouses().ids
        )

    def action_view_backorders(self):
        """Open the orders that wait for these products."""
        self.check_access("read")
        lines = self.env["sale.order.line"]._get_short_domain()
        lines &= self._get_selling_domain()
        return self.env["sale.order"]._get_board_action(
            Domain("order_line", "any", lines)
        )

    def _get_backorder_orders(self):
        """Return the orders that wait for any of these products."""
        lines = self.env["sale.order.line"]
        return lines.search(
            lines._get_backordered_domain() & self._get_selling_domain()
        ).order_id

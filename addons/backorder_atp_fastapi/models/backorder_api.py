# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timezone

from odoo import models

from ..problems import ApiProblem, not_found
from ..schemas.common import MAX_ID

# What a SKU may be, the first that any product has.
SKU_FIELDS = ("default_code", "barcode")


class BackorderApi(models.AbstractModel):
    """What the routes of the HTTP API do, as methods that may be extended.

    Each part of it is a model of its own, made of this one. Nothing is decided here:
    rights, stock and states are the business of the models that are called, in the
    name of the caller.
    """

    _name = "backorder.api"
    _description = "Backorder HTTP API"

    # ------------------------------------------------------------------
    # Finding what the caller names
    # ------------------------------------------------------------------

    def _find_order(self, order_id):
        order = self.env["sale.order"].search(
            [("id", "=", order_id), ("company_id", "=", self.env.company.id)]
        )
        if not order:
            raise not_found(self.env._("Order not found: %s", order_id))
        return order

    def _find_warehouse(self, warehouse_id):
        warehouse = (
            self.env["stock.warehouse"]
            .sudo()
            .search(
                [("id", "=", warehouse_id), ("company_id", "=", self.env.company.id)]
            )
        )
        if not warehouse:
            raise not_found(self.env._("Warehouse not found: %s", warehouse_id))
        return warehouse.sudo(False)

    def _find_part(self, part):
        """Return the product with this id, internal reference or barcode.

        The first of them that any product has decides.

        :raise ApiProblem: when there is none, or several
        """
        product = self.env["product.product"]
        if part.isascii() and part.isdecimal() and 1 <= int(part) <= MAX_ID:
            product = product.search([("id", "=", int(part))])
        product = product or self._find_skus([part]).get(part)
        if not product:
            raise not_found(self.env._("Part not found: %s", part))
        return product

    def _find_skus(self, skus):
        """Return ``{sku: product}`` of those that are known, by two queries.

        :param skus: internal references or barcodes, the former first
        :raise ApiProblem: when several products have one of them
        """
        found = {}
        for name in SKU_FIELDS:
            missing = [sku for sku in skus if sku not in found]
            if missing:
                domain = [(name, "in", missing)]
                products = self.env["product.product"].search(domain).grouped(name)
                self._check_unambiguous(products)
                found |= products
        return found

    def _check_unambiguous(self, products):
        for name, named in products.items():
            if len(named) > 1:
                raise ApiProblem(
                    409,
                    "ambiguous",
                    "Ambiguous",
                    self.env._(
                        "Several products are called %s. Name one by its id.", name
                    ),
                )

    def _find_line_products(self, lines):
        """Return the product of each line; none where its SKU is unknown.

        :raise ApiProblem: when there is no product of an id, or several of a SKU
        """
        products = self.env["product.product"]
        ids = [line.product_id for line in lines if line.product_id]
        by_id = products.search([("id", "in", ids)]).grouped("id")
        missing = [str(id_) for id_ in ids if id_ not in by_id]
        if missing:
            raise not_found(self.env._("Part not found: %s", ", ".join(missing)))
        by_sku = self._find_skus({line.sku for line in lines if line.sku})
        return [
            by_sku.get(line.sku, products) if line.sku else by_id[line.product_id]
            for line in lines
        ]

    # ------------------------------------------------------------------
    # Saying it in JSON
    # ------------------------------------------------------------------

    def _to_moment(self, moment):
        """Return a datetime of Odoo with what it leaves out: that it is UTC."""
        return moment.replace(tzinfo=timezone.utc) if moment else None

    def _to_day(self, moment):
        return moment.date() if moment else None

    def _get_status(self, order):
        """Return the status of an order as the procedures spell it."""
        if order.state == "cancel":
            return "CANCELLED"
        if order.requires_inventory_override:
            return "PENDING_APPROVAL"
        if order.state != "sale":
            return "DRAFT"
        state = order.backorder_state or "none"
        return "CONFIRMED" if state == "none" else state.upper()

    def _prepare_product(self, product):
        """Return what a record the caller may read calls its product.

        As in Odoo's own lists, also where the product is now another company's.
        """
        product = product.sudo()
        return {
            "product_id": product.id,
            "sku": product.default_code or None,
            "product": product.display_name,
        }

    def _prepare_item(self, line):
        """Return how a line of an order stands; quantities in its unit."""
        return {
            "line_id": line.id,
            **self._prepare_product(line.product_id),
            "quantity": line.product_uom_qty,
            "unit": line.product_uom_id.name,
            "quantity_allocated": line.allocated_qty,
            "shortfall": line.backorder_qty,
            "promised_date": line.promised_date or None,
        }

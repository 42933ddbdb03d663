# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timezone

from odoo import models
from odoo.fields import Domain

from ..problems import ApiProblem, not_found
from ..schemas.common import MAX_ID


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
        """Return the product with this id, internal reference or barcode (D2).

        The first of them that any product has decides.

        :raise ApiProblem: when there is none, or several
        """
        for domain in self._get_part_domains(part):
            products = self._search_products(domain, part)
            if products:
                return products
        raise not_found(self.env._("Part not found: %s", part))

    def _get_part_domains(self, part):
        if part.isascii() and part.isdecimal() and 1 <= int(part) <= MAX_ID:
            yield Domain("id", "=", int(part))
        yield from self._get_sku_domains(part)

    def _get_sku_domains(self, sku):
        yield Domain("default_code", "=", sku)
        yield Domain("barcode", "=", sku)

    def _find_sku(self, sku):
        """Return the product with this internal reference or barcode, or none."""
        for domain in self._get_sku_domains(sku):
            products = self._search_products(domain, sku)
            if products:
                return products
        return self.env["product.product"]

    def _search_products(self, domain, name):
        products = self.env["product.product"].search(domain, limit=2)
        if len(products) > 1:
            raise ApiProblem(
                409,
                "ambiguous",
                "Ambiguous",
                self.env._("Several products are called %s. Name one by its id.", name),
            )
        return products

    # ------------------------------------------------------------------
    # Saying it in JSON
    # ------------------------------------------------------------------

    def _to_moment(self, moment):
        """Return a datetime of Odoo with what it leaves out: that it is UTC."""
        return moment.replace(tzinfo=timezone.utc) if moment else None

    def _to_day(self, moment):
        return moment.date() if moment else None

    def _get_status(self, order):
        """Return the status of an order as the procedures spell it (C1)."""
        if order.state == "cancel":
            return "CANCELLED"
        if order.requires_inventory_override:
            return "PENDING_APPROVAL"
        if order.state != "sale":
            return "DRAFT"
        state = order.backorder_state
        return "CONFIRMED" if state == "none" else state.upper()

    def _prepare_item(self, line):
        """Return how a line of an order stands; quantities in its unit."""
        return {
            "line_id": line.id,
            "product_id": line.product_id.id,
            "sku": line.product_id.default_code or None,
            "product": line.product_id.display_name,
            "quantity": line.product_uom_qty,
            "unit": line.product_uom_id.name,
            "quantity_allocated": line.allocated_qty,
            "shortfall": line.backorder_qty,
            "promised_date": line.promised_date or None,
        }

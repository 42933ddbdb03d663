# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timezone

from odoo import models
from odoo.fields import Domain

from ..cursor import IdCursor, get_domain_after
from ..problems import ApiProblem, not_found
from ..schemas.common import MAX_ID

# Fields that a SKU is compared with, in this order.
SKU_FIELDS = ("default_code", "barcode")
ID_ORDER = [("id", "asc")]


class BackorderApi(models.AbstractModel):
    """Implementation of the routes of the HTTP API, as methods to extend.

    Each part is a model that inherits this one. Rights, stock and states are checked
    by the models that are called, with the rights of the caller.
    """

    _name = "backorder.api"
    _description = "Backorder HTTP API"

    # ------------------------------------------------------------------
    # Lookup of records
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

    def _find_customer(self, customer_id):
        customer = self.env["res.partner"].search([("id", "=", customer_id)])
        if not customer:
            raise not_found(self.env._("Customer not found: %s", customer_id))
        return customer

    def _find_part(self, part):
        """Return the product with this id, internal reference or barcode.

        The id is tried first, then the internal reference, then the barcode.

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
        """Return ``{sku: product}`` of the known ones, in two queries.

        :param skus: internal references or barcodes, the former first
        :raise ApiProblem: when several products share one of them
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
                        "Several products have the reference %s. Use the id instead.",
                        name,
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
    # Pages
    # ------------------------------------------------------------------

    def _search_by_id(self, model, domain, limit, cursor=None):
        """Return the records of a page, sorted by id, and where the next one begins.

        :return: ``(records, {"next_cursor", "has_more"})``
        :raise ApiProblem: if the cursor is invalid
        """
        begin = cursor and [(IdCursor.decode(cursor).after,)]
        found, position = self._search_page(model, domain, ID_ORDER, begin, limit)
        following = IdCursor(after=position[0]).encode() if position else None
        return found, {"next_cursor": following, "has_more": bool(position)}

    def _search_page(self, model, domain, keys, begin, limit):
        """Return the records of a page, and the position of its last one.

        :param keys: the sort order, ``[(field, "asc" or "desc")]``
        :param begin: ``[position of the last record of the previous page]``; for the
            first page None; with None in it if there are no more
        :return: ``(records, position)``, the position None on the last page
        """
        if begin:
            [position] = begin
            domain &= get_domain_after(keys, position) if position else Domain.FALSE
        order = ", ".join(f"{name} {direction}" for name, direction in keys)
        found = model.search(domain, order=order, limit=limit + 1)
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        values = (last[name] for name, _direction in keys)
        return found[:limit], tuple(
            None if value is False else value for value in values
        )

    # ------------------------------------------------------------------
    # Responses
    # ------------------------------------------------------------------

    def _to_moment(self, moment):
        """Return a datetime of Odoo with its time zone, UTC."""
        return moment.replace(tzinfo=timezone.utc) if moment else None

    def _to_day(self, moment):
        return moment.date() if moment else None

    def _get_status(self, order):
        """Return the status of an order, in the spelling of the API."""
        if order.state == "cancel":
            return "CANCELLED"
        if order.requires_inventory_override:
            return "PENDING_APPROVAL"
        if order.state != "sale":
            return "DRAFT"
        state = order.backorder_state or "none"
        return "CONFIRMED" if state == "none" else state.upper()

    def _prepare_product(self, product):
        """Return the product of a record that the caller may read.

        As in Odoo's lists, also if the product now belongs to another company.
        """
        product = product.sudo()
        return {
            "product_id": product.id,
            "sku": product.default_code or None,
            "product": product.display_name,
        }

    def _prepare_item(self, line):
        """Return the state of an order line; quantities in its unit."""
        return {
            "line_id": line.id,
            **self._prepare_product(line.product_id),
            "quantity": line.product_uom_qty,
            "unit": line.product_uom_id.name,
            "quantity_allocated": line.allocated_qty,
            "shortfall": line.backorder_qty,
            "promised_date": line.promised_date or None,
        }

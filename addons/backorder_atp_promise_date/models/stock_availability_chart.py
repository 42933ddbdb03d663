# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

#: How far ahead the chart looks.
CHART_DAYS = 60


class StockAvailability(models.AbstractModel):
    """The projection of a product as a chart: stock, receipts, orders and ATP."""

    _inherit = "stock.availability"

    @api.model
    def get_projection_chart(self, product_id, warehouse_id, order_id=None):
        """Return the projection of a product in a warehouse, for a chart and its table.

        :param product_id: id of a ``product.product``
        :param warehouse_id: id of a ``stock.warehouse``
        :param order_id: id of a ``sale.order`` whose own demand is left out
        :return: dict of ``unit``, ``safety_stock`` and ``days``, ascending from today,
            each with ``day``, ``stock`` (what is left when the day ends), ``atp``,
            ``supply``, ``demand`` (product's unit), ``receipts`` (names) and
            ``orders`` (``id``, ``name``, ``quantity``; orders the user may not read
            have no id)
        :raise AccessError: for a product, a warehouse or an order that the user may
            not see
        """
        product = self.env["product.product"].browse(product_id)
        product.check_access("read")
        order = self.env["sale.order"].browse(order_id or [])
        order.check_access("read")
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        key = product.id, warehouse.id
        until = fields.Date.today() + timedelta(days=CHART_DAYS)
        days = self.get_projection(product, warehouse, order, until)[key]
        figures = self.get_availability(product, warehouse, order)[key]
        kept = sum(figures[name] for name in ("safety_stock", "held", "locked"))
        orders = self._get_chart_orders(product, warehouse, order)
        receipts = self._get_receipt_names(days)
        return {
            "unit": product.uom_id.sudo().name,
            "safety_stock": figures["safety_stock"],
            "days": [
                {
                    "day": day["day"],
                    "stock": day["balance"] + kept,
                    "atp": day["atp"],
                    "supply": day["supply"],
                    "demand": day["demand"],
                    "receipts": [receipts[id_] for id_, _quantity in day["receipts"]],
                    "orders": orders[day["day"]],
                }
                for day in days
            ],
        }

    def _get_receipt_names(self, days):
        """Return ``{move id: name of its document}`` of the receipts of a projection."""
        ids = {id_ for day in days for id_, _quantity in day["receipts"]}
        return {
            move.id: move.reference or move.origin or ""
            for move in self.env["stock.move"].sudo().browse(ids)
        }

    def _get_chart_orders(self, product, warehouse, excluded):
        """Return ``{day: orders}`` that take stock, merged by order."""
        rows = self._get_order_demand(product, warehouse)
        lines = self.env["sale.order.line"].sudo()
        quantities = defaultdict(float)
        for row in rows:
            order = lines.browse(row["sale_line_id"]).order_id
            if row["day"] and order not in excluded:
                quantities[row["day"], order] += row["reserved"] + row["missing"]
        orders = self.env["sale.order"].union(*(order for _day, order in quantities))
        readable = orders.with_env(self.env)._filtered_access("read")
        found = defaultdict(list)
        for (day, order), quantity in quantities.items():
            is_readable = order.id in readable._ids
            found[day].append(
                {
                    "id": is_readable and order.id,
                    "name": order.name if is_readable else self.env._("Other orders"),
                    "quantity": quantity,
                }
            )
        return found

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
            ``orders`` (``id``, ``name``, ``quantity``, ``reserved``; orders that
            the user may not read have no id)
        :raise AccessError: for a product, a warehouse or an order that the user may
            not see
        """
        product, order = self._get_explained_records(product_id, order_id)
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        key = product.id, warehouse.id
        until = fields.Date.today() + timedelta(days=CHART_DAYS)
        days = self.get_projection(product, warehouse, order, until)[key]
        figures = self.get_availability(product, warehouse, order)[key]
        return {
            "unit": product.uom_id.sudo().name,
            "safety_stock": figures["safety_stock"],
            "days": self._prepare_chart_days(
                days,
                sum(figures[name] for name in ("safety_stock", "held", "locked")),
                self._get_chart_orders(product, warehouse, order, until),
            ),
        }

    def _prepare_chart_days(self, days, kept, orders):
        """Return the days of a projection and those on which orders leave.

        The projection deducts what is reserved today; in the chart it leaves on the
        day of its order.

        :param kept: quantity in stock that cannot be promised
        :param orders: ``{day: orders}``, as from :meth:`_get_chart_orders`
        """
        known = {day["day"]: day for day in days}
        receipts = self._get_receipt_names(days)
        reserved = sum(one["reserved"] for found in orders.values() for one in found)
        found, last = [], days[0]
        for date in sorted({*known, *orders}):
            last = known.get(
                date, {**last, "supply": 0.0, "demand": 0.0, "receipts": []}
            )
            leaving = orders.get(date, [])
            leaving_reserved = sum(one["reserved"] for one in leaving)
            reserved -= leaving_reserved
            found.append(
                {
                    "day": date,
                    "stock": last["balance"] + kept + reserved,
                    "atp": last["atp"],
                    "supply": last["supply"],
                    "demand": last["demand"] + leaving_reserved,
                    "receipts": [receipts[id_] for id_, _qty in last["receipts"]],
                    "orders": leaving,
                }
            )
        return found

    def _get_receipt_names(self, days):
        """Return ``{move id: name of its document}`` for the receipts of ``days``."""
        ids = {id_ for day in days for id_, _quantity in day["receipts"]}
        return {
            move.id: move.reference or move.origin or ""
            for move in self.env["stock.move"].sudo().browse(ids)
        }

    def _get_chart_orders(self, product, warehouse, excluded, until):
        """Return ``{day: orders}`` that take stock, one entry for each order."""
        taken = defaultdict(lambda: [0.0, 0.0])
        lines = self.env["sale.order.line"].sudo()
        for row in self._get_order_demand(product, warehouse):
            order = lines.browse(row["sale_line_id"]).order_id
            if row["day"] and row["day"] <= until and order not in excluded:
                quantities = taken[row["day"], order]
                quantities[0] += row["reserved"]
                quantities[1] += row["missing"]
        orders = self.env["sale.order"].union(*(order for _day, order in taken))
        readable = orders.sudo(False)._filtered_access("read")
        found = defaultdict(list)
        for (day, order), (reserved, missing) in taken.items():
            is_readable = order.id in readable._ids
            found[day].append(
                {
                    "id": is_readable and order.id,
                    "name": order.name if is_readable else self.env._("Other orders"),
                    "quantity": reserved + missing,
                    "reserved": reserved,
                }
            )
        return dict(found)

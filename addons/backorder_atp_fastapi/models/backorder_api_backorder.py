# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

from ..cursor import BackorderCursor

# How the two lists are sorted: the products to reorder first, the longest waiting.
PRODUCT_ORDER = [("impact", "desc"), ("id", "asc")]
MEASURES = ["order_id:count_distinct", "shortage_qty:sum", "value:sum"]
BACKORDER_ORDER = [("backordered_since", "asc"), ("id", "asc")]


class BackorderApiBackorder(models.AbstractModel):
    """Backorders: totals, by SKU and by order."""

    _name = "backorder.api.backorder"
    _description = "Backorder HTTP API: Backorders"
    _inherit = "backorder.api"

    def _list_backorders(
        self, limit, cursor=None, product_id=None, include_on_hold=False
    ):
        """Return the body of ``GET /orders/backorders``.

        :raise AccessError: if the caller is not a viewer of backorders
        :raise ApiProblem: if the cursor is invalid
        """
        figures = self.env["backorder.board"].get_figures()
        products, orders = self.env["backorder.product"], self.env["sale.order"]
        product_domain = self._get_short_domain(product_id, include_on_hold)
        order_domain = self._get_order_domain(product_id, include_on_hold)
        begin = BackorderCursor.decode(cursor) if cursor else None
        rows, product_position = self._search_page(
            products, product_domain, PRODUCT_ORDER, begin and [begin.product], limit
        )
        found, order_position = self._search_page(
            orders, order_domain, BACKORDER_ORDER, begin and [begin.order], limit
        )
        has_more = bool(product_position or order_position)
        end = BackorderCursor(product=product_position, order=order_position)
        return {
            "stats": self._prepare_stats(figures),
            "by_sku": [self._prepare_short_product(row) for row in rows],
            "orders": [self._prepare_backordered_order(order) for order in found],
            "total_skus": products.search_count(product_domain),
            "total_orders": orders.search_count(order_domain),
            "next_cursor": end.encode() if has_more else None,
            "has_more": has_more,
        }

    def _get_backorder_report(self, since=None):
        """Return the body of ``GET /orders/backorders/report``.

        Orders on hold are included, with their own status.

        :param since: only backorders filled on this day or later
        :raise AccessError: if the caller is not a viewer of backorders
        """
        report = self.env["backorder.report"]
        domain = self._get_company_domain()
        [[orders, shortfall, value]] = report._read_group(domain, [], MEASURES)
        return {
            "total_backorders": orders,
            "total_shortfall": shortfall or 0.0,
            "total_value": value or 0.0,
            "currency": self.env.company.currency_id.name,
            "by_priority": [
                {"priority": priority, **self._prepare_measures(measures)}
                for priority, *measures in report._read_group(
                    domain, ["backorder_priority"], MEASURES
                )
            ],
            "by_status": [
                {"status": status.upper(), **self._prepare_measures(measures)}
                for status, *measures in report._read_group(
                    domain, ["backorder_state"], MEASURES
                )
            ],
            **self._get_fulfilment_figures(since),
        }

    def _prepare_measures(self, measures):
        orders, shortfall, value = measures
        return {"orders": orders, "shortfall": shortfall, "value": value}

    def _get_fulfilment_figures(self, since):
        domain = self._get_company_domain() & Domain("outcome", "=", "filled")
        if since:
            domain &= Domain("end_date", ">=", since)
        [[count, hours]] = self.env["backorder.episode"]._read_group(
            domain, [], ["__count", "hours:avg"]
        )
        return {"filled_backorders": count, "average_hours": hours or None}

    def _get_company_domain(self):
        return Domain("company_id", "in", self.env.companies.ids)

    def _get_short_domain(self, product_id, include_on_hold):
        domain = self._get_company_domain()
        if not include_on_hold:
            domain &= self.env["backorder.product"]._get_backordered_domain()
        if product_id:
            domain &= Domain("product_id", "=", product_id)
        return domain

    def _get_order_domain(self, product_id, include_on_hold):
        orders = self.env["sale.order"]
        domain = self._get_company_domain() & (
            orders._get_counted_domain()
            if include_on_hold
            else orders._get_backordered_domain()
        )
        if product_id:
            short = self.env["sale.order.line"]._get_short_domain()
            short &= Domain("product_id", "=", product_id)
            domain &= Domain("order_line", "any", short)
        return domain

    def _prepare_stats(self, figures):
        currency = self.env["res.currency"].browse(figures["currency_id"])
        return {
            "total_backordered_orders": figures["orders_backordered"],
            "orders_on_hold": figures["orders_on_hold"],
            "total_skus": figures["products_short"],
            "oldest_days_pending": figures["oldest_days"],
            "total_shortfall": figures["shortage_qty"],
            "shortage_value": currency.round(figures["shortage_value"]),
            "on_hold_shortfall": figures["held_qty"],
            "on_hold_value": currency.round(figures["held_value"]),
            "currency": currency.name,
        }

    def _prepare_short_product(self, row):
        return {
            **self._prepare_product(row.product_id),
            "unit": row.product_id.sudo().uom_id.name,
            "warehouse_id": row.warehouse_id.id or None,
            "warehouse": row.warehouse_id.sudo().name or None,
            "orders_waiting": row.order_count,
            "quantity_needed": row.needed_qty,
            "quantity_available": row.available_qty,
            "quantity_inbound": row.inbound_qty,
            "shortfall": row.shortage_qty,
            "orders_on_hold": row.held_count,
            "on_hold_shortfall": row.held_qty,
            "fill_percent": round(row.fill_rate, 2),
            "incoming": row.incoming_qty,
            "earliest_arrival": self._to_moment(row.incoming_date),
            "to_purchase": row.missing_qty,
            "resolution": row.resolution or None,
        }

    def _prepare_backordered_order(self, order):
        return {
            "order_id": order.id,
            "order_number": order.name,
            "customer_id": order.partner_id.id,
            "customer": order.partner_id.sudo().display_name,
            "status": self._get_status(order),
            "priority": order.backorder_priority,
            "days_pending": order.backorder_age,
            "backordered_since": self._to_moment(order.backordered_since),
            "hold_reason": order.hold_reason or None,
            "shortfall": order.backorder_shortage_qty,
            "items": [
                self._prepare_item(line)
                for line in order.order_line
                if line.backorder_product_qty
            ],
        }

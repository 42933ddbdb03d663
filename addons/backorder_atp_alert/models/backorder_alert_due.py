# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

HOLD_DAYS = 7


class BackorderAlert(models.Model):
    """Which alerts are due, and their figures."""

    _inherit = "backorder.alert"

    @api.model
    def _get_due(self, company, keys):
        """Return ``{(type, product_id, warehouse_id): values}`` of the due alerts."""
        due = {}
        for figures in self._get_figures(keys):
            key = figures["product_id"], figures["warehouse_id"]
            for alert_type in self._get_due_types(company, figures):
                due[(alert_type, *key)] = self._prepare_figures(figures)
        return due

    @api.model
    def _get_due_holds(self, company):
        """Return the same for a company that puts many orders on hold."""
        count = len(self._get_new_holds(company))
        if count <= company.backorder_hold_limit:
            return {}
        return {("many_holds", False, False): {"order_count": count}}

    def _get_due_types(self, company, figures):
        """Yield the types of alert that are due for these figures."""
        limit = fields.Datetime.now() - timedelta(
            hours=company.backorder_persisting_hours
        )
        if figures["shortage"] > 0:
            yield "detected"
            if figures["since"] <= limit:
                yield "persisting"
        if figures["shortage"] > figures["ordered"]:
            yield "supply_insufficient"
        if figures["free"] < figures["safety_stock"] and figures["safety_stock"] > 0:
            yield "below_safety_stock"
        if figures["unnotified"]:
            yield "customer_not_notified"

    def _get_figures(self, keys):
        """Yield the figures of each ``(product_id, warehouse_id)``."""
        products = self.env["product.product"].browse({key[0] for key in keys})
        warehouses = self.env["stock.warehouse"].browse({key[1] for key in keys})
        supply = self.env["backorder.supply"]
        availability = self.env["stock.availability"].get_availability(
            products, warehouses, components=self._get_components()
        )
        coming = supply._get_coming(products, warehouses)
        arrivals = supply._get_arrivals(products, warehouses)
        backordered_orders = self._get_backordered_orders(products, warehouses)
        since = self._get_open_since(products)
        backordered = self.env["sale.order"]._get_backordered_domain()
        now = fields.Datetime.now()
        for key in keys:
            parts = availability[key]
            orders = backordered_orders[key]
            dates = [since.get(key, now), *orders.mapped("backordered_since")]
            yield {
                **parts,
                "product_id": key[0],
                "warehouse_id": key[1],
                "requested": coming[key][0],
                "ordered": coming[key][1],
                "arrival": arrivals.get(key, False),
                "free": parts["pickable"] + parts["inbound"] - parts["committed"],
                "since": min(date for date in dates if date),
                "order_count": len(orders.filtered_domain(backordered)),
                "unnotified": orders._filter_customer_not_notified(),
            }

    def _get_components(self):
        return [
            "on_hand",
            "reserved_units",
            "pickable",
            "inbound",
            "committed",
            "safety_stock",
            "shortage",
        ]

    def _get_backordered_orders(self, products, warehouses):
        """Return ``{(product_id, warehouse_id): orders on backorder}``."""
        backordered_orders = defaultdict(self.env["sale.order"].browse)
        for line in products._get_backordered_lines(warehouses):
            for product, warehouse in line._get_demand_keys():
                backordered_orders[product.id, warehouse.id] |= line.order_id
        return backordered_orders

    def _get_open_since(self, products):
        """Return the start of the shortage of the open alerts of these products."""
        alerts = self.search(
            [
                ("alert_type", "=", "detected"),
                ("state", "=", "open"),
                ("product_id", "in", products.ids),
            ]
        )
        return {
            (alert.product_id.id, alert.warehouse_id.id): alert.since
            for alert in alerts
        }

    def _get_new_holds(self, company):
        """Return the ids of the orders that were put on hold in the last week."""
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT order_id FROM backorder_event
                    WHERE event_type = 'order:on_hold' AND date >= %s
                      AND company_id = %s AND order_id IS NOT NULL""",
                fields.Datetime.now() - timedelta(days=HOLD_DAYS),
                company.id,
            )
        )
        return [id_ for [id_] in self.env.cr.fetchall()]

    def _prepare_figures(self, figures):
        return {
            "since": figures["since"],
            "on_hand_qty": figures["on_hand"],
            "reserved_qty": figures["reserved_units"],
            "incoming_qty": figures["ordered"],
            "requested_qty": figures["requested"],
            "shortage_qty": figures["shortage"],
            "safety_stock_qty": figures["safety_stock"],
            "arrival_date": figures["arrival"],
            "order_count": figures["order_count"],
        }

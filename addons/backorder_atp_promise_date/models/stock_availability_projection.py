# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from ..free_supply import FreeSupply


class StockAvailability(models.AbstractModel):
    """Available to promise by day, looking ahead.

    For each day t the balance is the stock plus the supply until t, less the demand
    until t. ATP(t) is the lowest balance of t and all days after it, so that no
    promise takes what a later one needs. Without incoming supply, it is on any day
    what :meth:`get_available_qty` returns today.

    Reserved quantities are deducted today, whenever they leave.

    Goods that expire (see :meth:`_get_perishing_query`) are lost on their day, unless
    earlier demand takes them; so ATP may fall.
    """

    _inherit = "stock.availability"

    # ------------------------------------------------------------------
    # Interface
    # ------------------------------------------------------------------

    @api.private
    def get_projection(self, products, warehouses, excluded_orders=None, until=None):
        """Return supply, demand and what can be promised, day by day.

        One statement for all products and warehouses, with window functions.

        :param products: ``product.product`` records
        :param warehouses: ``stock.warehouse`` records
        :param excluded_orders: ``sale.order`` records whose demand is left out
        :param until: last day returned; later supply and demand still counts
        :return: ``{(product_id, warehouse_id): [day, ...]}``, ascending, from today
            on and only days on which something changes; each a dict of ``day``
            (date), ``supply``, ``demand``, ``balance`` and ``atp`` (signed),
            ``displayed`` (``atp``, never below zero nor below what is kept for the
            excluded orders) and ``receipts``
            (``[(move_id, quantity)]`` that make up the supply), in the product's
            unit, rounded to it
        :raise AccessError: when a warehouse is not in the user's companies
        """
        return self._get_projection(products, warehouses, excluded_orders, until)

    def _get_projection(
        self, products, warehouses, excluded_orders=None, until=None, movable="nothing"
    ):
        """Return :meth:`get_projection`, less demand that the caller places again.

        :param movable: what is left out: ``nothing``, the unreserved demand of orders
            (``unreserved``), or ``everything`` that orders need, reserved or not
        """
        self._check_warehouse_access(warehouses)
        projection = {
            (product_id, warehouse_id): []
            for product_id in products.ids
            for warehouse_id in warehouses.ids
        }
        if not projection:
            return {}
        self._flush_projection()
        query = self._get_projection_query(
            products, warehouses, excluded_orders, until, movable
        )
        for row in self._fetch_rows(query, products):
            key = row.pop("product_id"), row.pop("warehouse_id")
            projection[key].append(self._prepare_day(row))
        return projection

    def _fetch_rows(self, query, products):
        """Return the rows as dicts; faster than ``dictfetchall`` of the cursor."""
        cr = self.env.cr
        with self._executing(query, products):
            names = [column.name for column in cr.description]
            return [dict(zip(names, row, strict=True)) for row in cr.fetchall()]

    def _prepare_day(self, row):
        receipts = zip(
            row.pop("receipt_ids") or [],
            row.pop("receipt_quantities") or [],
            strict=True,
        )
        return {
            **row,
            "receipts": [(id_, float(quantity)) for id_, quantity in receipts],
        }

    def _get_free_supply(self, days):
        """Return the free supply of a projection."""
        return FreeSupply([(day["day"], day["displayed"]) for day in days])

    # ------------------------------------------------------------------
    # Demand of orders
    # ------------------------------------------------------------------

    def _get_order_demand(self, products, warehouses):
        """Return the demand of orders from stock, in the order of the queue.

        :return: list of dicts with ``sale_line_id``, ``move_id``, ``product_id``,
            ``warehouse_id``, ``reserved`` and ``missing`` (product's unit) and
            ``day``, on which it counts; None if it is too late to count
        """
        if not products or not warehouses:
            return []
        self._flush_projection()
        self.env["sale.order"].flush_model(["backorder_priority"])
        query = self._get_order_demand_query(products, warehouses)
        return self._fetch_rows(query, products)

    def _get_order_demand_query(self, products, warehouses):
        retries = self.env["backorder.retry"]
        return SQL(
            """
            WITH place AS NOT MATERIALIZED (%(places)s
            ), calendar AS MATERIALIZED (%(calendar)s)
            SELECT move.sale_line_id, leaving.id AS move_id, leaving.product_id,
                   leaving.warehouse_id, %(day)s AS day,
                   reserved.quantity::float8 AS reserved,
                   GREATEST(0, leaving.quantity - reserved.quantity)::float8 AS missing
              FROM (%(rows)s) leaving
              JOIN stock_move move ON move.id = leaving.id
              JOIN sale_order_line line ON line.id = move.sale_line_id
              JOIN sale_order so ON so.id = line.order_id
              JOIN calendar ON calendar.warehouse_id = leaving.warehouse_id
              LEFT JOIN stock_picking_type type ON type.id = move.picking_type_id
             CROSS JOIN LATERAL (%(reserved)s) reserved
             WHERE leaving.is_supply
             ORDER BY %(rank)s, COALESCE(%(since)s, move.date), so.id, move.id
            """,
            places=self._get_place_query(warehouses),
            calendar=self._get_calendar_query(warehouses),
            rows=self._get_leaving_rows(
                SQL("= ANY(%s)", self._get_array(products)), SQL("TRUE")
            ),
            reserved=self._get_reserved_query(),
            day=self._get_demand_day(),
            rank=retries._get_queue_rank(),
            since=retries._get_queue_since(),
        )

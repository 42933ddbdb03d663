# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class StockAvailability(models.AbstractModel):
    """The stock by location behind the figures."""

    _inherit = "stock.availability"

    @api.private
    def get_locations(self, products, warehouses):
        """Return the stock of each location of the warehouses, in one query.

        It is the same stock that :meth:`get_availability` counts.

        :return: ``{(product_id, warehouse_id): [location, ...]}``, sorted by name;
            each a dict of ``location_id``, ``name``, ``kind``, ``on_hand``,
            ``reserved`` and ``available`` (on hand less reserved, signed), in the
            product's unit
        :raise AccessError: when a warehouse is not in the user's companies
        """
        self._check_warehouse_access(warehouses)
        locations = {
            (product_id, warehouse_id): []
            for product_id in products.ids
            for warehouse_id in warehouses.ids
        }
        if not locations:
            return {}
        self._flush_sources()
        query = self._get_location_query(products, warehouses)
        with self._executing(query, products):
            rows = self.env.cr.dictfetchall()
        for row in rows:
            key = row.pop("product_id"), row.pop("warehouse_id")
            locations[key].append(row)
        return locations

    def _get_location_query(self, products, warehouses):
        return SQL(
            """
            WITH place AS (%(places)s)
            SELECT quant.product_id, place.warehouse_id, place.id AS location_id,
                   location.complete_name AS name, place.kind,
                   ROUND(SUM(COALESCE(quant.quantity, 0)), %(digits)s)::float8
                       AS on_hand,
                   ROUND(SUM(quant.reserved_quantity), %(digits)s)::float8 AS reserved,
                   ROUND(SUM(COALESCE(quant.quantity, 0) - quant.reserved_quantity),
                         %(digits)s)::float8 AS available
              FROM stock_quant quant
              JOIN place ON place.id = quant.location_id
              JOIN stock_location location ON location.id = place.id
             WHERE quant.product_id = ANY(%(products)s)
               AND %(condition)s
             GROUP BY quant.product_id, place.warehouse_id, place.id, place.kind,
                      location.complete_name
             ORDER BY location.complete_name, place.id
            """,
            places=self._get_place_query(warehouses),
            products=self._get_array(products),
            condition=self._get_quant_condition(),
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
        )

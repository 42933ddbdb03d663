# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

# The shares of the supply of a product; each unit belongs to exactly one.
SHARES = ("committed", "held", "safety_stock", "locked", "atp")
# Number of products per query.
BATCH = 1000


class StockAvailability(models.AbstractModel):
    """Check that all stock is accounted for exactly once.

    The calculator uses the warehouse and kind stored on the locations, and what
    extensions add. This check counts stock independently: each quant by the tree of
    its location, and reserved quantities by the transfers that reserved them.
    """

    _inherit = "stock.availability"

    @api.model
    def _find_differences(self, company):
        """Return the keys of stock that is not accounted for, with its differences.

        :return: as :meth:`_get_differences`, without those that are zero
        """
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        products = self._get_counted_products(warehouses)
        found = {}
        for start in range(0, len(products), BATCH):
            differences = self._get_differences(
                products[start : start + BATCH], warehouses
            )
            found |= {key: value for key, value in differences.items() if any(value)}
        return found

    def _get_counted_products(self, warehouses):
        """Return the products with stock, demand or a stock policy."""
        self._flush_sources()
        self.env.cr.execute(
            SQL(
                """
                SELECT quant.product_id FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                 WHERE place.warehouse_id = ANY(%(warehouses)s)
                UNION
                SELECT setting.product_id FROM stock_policy setting
                 WHERE setting.warehouse_id = ANY(%(warehouses)s)
                   AND setting.product_id IS NOT NULL
                UNION
                SELECT line.product_id FROM sale_order_line line
                 WHERE line.backorder_product_qty > 0
                   AND line.warehouse_id = ANY(%(warehouses)s)
                 ORDER BY product_id
                """,
                warehouses=list(warehouses.ids),
            )
        )
        return self.env["product.product"].browse(
            [id_ for [id_] in self.env.cr.fetchall()]
        )

    def _get_differences(self, products, warehouses):
        """Return the differences of the supply and of the reserved quantity.

        :return: ``{(product_id, warehouse_id): (supply, reserved)}``: stock
            beyond its shares; reserved stock beyond the reservations of transfers. In
            the product's unit, zero where it adds up
        """
        shares = self.get_availability(products, warehouses, components=list(SHARES))
        counted = self._count_supply(products, warehouses)
        stocked = {
            (product.id, warehouse.id)
            for company, own in warehouses.grouped("company_id").items()
            for product in products._filter_stocked(company)
            for warehouse in own
        }
        return {
            key: self._get_difference(
                sum(parts[name] for name in SHARES), *counted.get(key, (0, 0, 0))
            )
            if key in stocked
            else (0.0, 0.0)
            for key, parts in shares.items()
        }

    def _get_difference(self, shared, supply, reserved, taken):
        """Return the differences, ignoring the rounding of each share."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        tolerance = len(SHARES) * 0.5 * 10**-digits
        return tuple(
            round(difference, digits) if abs(difference) > tolerance else 0.0
            for difference in (supply - shared, reserved - taken)
        )

    def _count_supply(self, products, warehouses):
        """Count stock by location, and the reservations of transfers.

        :return: ``{(product_id, warehouse_id): (supply, reserved, taken)}``
        """
        self.env["stock.location"].flush_model()
        self.env["stock.quant"].flush_model()
        self.env["stock.move.line"].flush_model(
            ["product_id", "location_id", "state", "quantity_product_uom"]
        )
        query = self._get_count_query(products, warehouses)
        with self._executing(query, products):
            return {tuple(row[:2]): row[2:] for row in self.env.cr.fetchall()}

    def _get_count_query(self, products, warehouses):
        return SQL(
            """
            WITH place AS MATERIALIZED (%(places)s), part AS (
                SELECT quant.product_id, place.warehouse_id,
                       COALESCE(quant.quantity, 0) * (%(counts)s)::int AS supply,
                       quant.reserved_quantity AS reserved, 0 AS taken
                  FROM stock_quant quant
                  JOIN place ON place.id = quant.location_id
                 WHERE quant.product_id = ANY(%(products)s)
                UNION ALL
                SELECT line.product_id, place.warehouse_id,
                       0, 0, line.quantity_product_uom
                  FROM stock_move_line line
                  JOIN place ON place.id = line.location_id
                 WHERE line.product_id = ANY(%(products)s)
                   AND line.state IN %(open)s
            )
            SELECT product_id, warehouse_id, SUM(supply)::float8,
                   SUM(reserved)::float8, SUM(taken)::float8
              FROM part
             GROUP BY product_id, warehouse_id
            """,
            places=self._get_tree_query(warehouses),
            counts=self._get_quant_condition(),
            products=self._get_array(products),
            open=("waiting", "confirmed", "partially_available", "assigned"),
        )

    def _get_tree_query(self, warehouses):
        """Return the locations stock is promised from, by the location tree only."""
        return SQL(
            """
            SELECT DISTINCT ON (spot.id) spot.id, warehouse.id AS warehouse_id
              FROM stock_location spot
              JOIN stock_warehouse warehouse ON warehouse.id = ANY(%s)
              JOIN stock_location root ON root.id = warehouse.view_location_id
               AND starts_with(spot.parent_path, root.parent_path)
             WHERE spot.usage IN ('internal', 'transit')
               AND COALESCE((
                   SELECT above.own_availability_kind FROM stock_location above
                    WHERE above.id = ANY(
                          STRING_TO_ARRAY(RTRIM(spot.parent_path, '/'), '/')::int[])
                      AND above.own_availability_kind IS NOT NULL
                    ORDER BY LENGTH(above.parent_path) DESC LIMIT 1), 'pickable')
                   IN ('pickable', 'inbound')
             ORDER BY spot.id, LENGTH(root.parent_path) DESC
            """,
            self._get_array(warehouses),
        )

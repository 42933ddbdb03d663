# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from odoo.addons.backorder_atp.dates import HORIZON_DAYS


class StockAvailability(models.AbstractModel):
    """Lots expire on their removal or expiration date."""

    _inherit = "stock.availability"

    def _filter_perishable(self, products):
        return super()._filter_perishable(products) | products.filtered(
            "use_expiration_date"
        )

    def _get_perishing_query(self, requested):
        """Unreserved stock of lots that have not expired.

        A lot that expires later today is available all day.
        """
        return SQL(
            """
            SELECT quant.product_id, place.warehouse_id, fate.day,
                   SUM(COALESCE(quant.quantity, 0) - quant.reserved_quantity)::numeric
                       AS quantity
              FROM stock_quant quant
              JOIN place ON place.id = quant.location_id AND place.is_supply
              JOIN calendar ON calendar.warehouse_id = place.warehouse_id
              JOIN stock_lot lot ON lot.id = quant.lot_id
              JOIN product_product product ON product.id = lot.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
               AND template.use_expiration_date
             CROSS JOIN LATERAL (SELECT GREATEST(
                   calendar.today + 1,
                   (LEAST(lot.removal_date, lot.expiration_date) AT TIME ZONE 'UTC'
                       AT TIME ZONE calendar.tz)::date) AS day) fate
             WHERE quant.product_id %(requested)s
               AND LEAST(lot.removal_date, lot.expiration_date) IS NOT NULL
               AND fate.day <= calendar.today + %(horizon)s
               AND %(promised)s
             GROUP BY quant.product_id, place.warehouse_id, fate.day
             UNION ALL
            %(other)s
            """,
            requested=requested,
            horizon=HORIZON_DAYS,
            promised=self._get_quant_condition(),
            other=super()._get_perishing_query(requested),
        )

    def _limit_to_days(self, left, demand, excluded_orders):
        """Return ``left`` limited to what is available when the goods leave.

        :param left: ``{(product_id, warehouse_id): quantity}`` of today
        :param demand: ``[(product, warehouse, quantity, day)]``
        """
        demand = [row for row in demand if self._filter_perishable(row[0])]
        if not demand:
            return left
        projection = self._get_projection(
            self.env["product.product"].union(*(row[0] for row in demand)),
            self.env["stock.warehouse"].union(*(row[1] for row in demand)),
            excluded_orders,
        )
        wanted = defaultdict(list)
        for product, warehouse, quantity, day in demand:
            wanted[product.id, warehouse.id].append((day, quantity))
        limits = {
            key: self._get_limit_of_days(projection[key], rows)
            for key, rows in wanted.items()
        }
        return {key: min(own, limits.get(key, own)) for key, own in left.items()}

    def _get_limit_of_days(self, days, wanted):
        """Return the total quantity that can be promised: on each day, no more from
        that day on than is available then."""
        free = self._get_free_supply(days)
        return min(
            free.get_available(max(day, days[0]["day"]))
            + sum(quantity for other, quantity in wanted if other < day)
            for day, _quantity in wanted
        )

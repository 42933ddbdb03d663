# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES


class CustomerInventory(models.AbstractModel):
    """Availability and prices of products for one customer.

    All products are computed with the same few queries.
    """

    _name = "customer.inventory"
    _description = "Customer Inventory"

    @api.model
    def _get_rows(self, partner, products):
        """Return ``{product_id: figures}`` for ``partner`` in the user's company.

        Quantities are in the product's unit, prices in the company's currency:
        ``available``, ``held``, ``allocated``, ``list_price``, ``price``,
        ``discount`` (percent), ``lead_time`` (days), ``location``, ``value``.
        """
        warehouses = self._get_warehouses()
        stock = self._get_stock(products, warehouses)
        reserved = self._get_soft_reserved(partner, products)
        allocated = self._get_allocated(partner, products)
        prices = self._get_prices(partner, products)
        vendor_days = self._get_vendor_days(products)
        currency = self.env.company.currency_id
        rows = {}
        for product in products:
            own = stock[product.id]
            available = sum(own.values())
            list_price, price = prices[product.id]
            rows[product.id] = {
                "available": available,
                "held": reserved.get(product.id, 0.0),
                "allocated": allocated.get(product.id, 0.0),
                "list_price": currency.round(list_price),
                "price": currency.round(price),
                "discount": self._get_discount(list_price, price),
                "lead_time": product.sale_delay
                + (0 if available else vendor_days.get(product.id, 0)),
                "location": ", ".join(name for name, left in own.items() if left),
                "value": currency.round(available * currency.round(price)),
            }
        return rows

    def _get_warehouses(self):
        return self.env["stock.warehouse"].search(
            self.env["stock.warehouse"]._check_company_domain(self.env.company)
        )

    def _get_stock(self, products, warehouses):
        """Return ``{product_id: {warehouse name: available to promise}}``."""
        availability = self.env["stock.availability"].get_availability(
            products, warehouses, components=["displayed"]
        )
        return {
            product.id: {
                warehouse.name: availability[product.id, warehouse.id]["displayed"]
                for warehouse in warehouses
            }
            for product in products
        }

    def _get_soft_reserved(self, partner, products):
        """Return what is soft reserved for the customer, by product."""
        return self._sum_by_product(
            SQL(
                """
                SELECT reservation.product_id, SUM(reservation.remaining_quantity)
                  FROM stock_soft_reservation reservation
                 WHERE reservation.product_id = ANY(%s)
                   AND reservation.company_id = %s AND %s
                   AND reservation.commercial_partner_id = %s
                 GROUP BY reservation.product_id
                """,
                products.ids,
                self.env.company.id,
                self.env["stock.soft.reservation"]._get_counting(),
                partner.commercial_partner_id.id,
            )
        )

    def _get_allocated(self, partner, products):
        """Return what is reserved for the customer's orders, by product."""
        return self._sum_by_product(
            SQL(
                """
                SELECT move.product_id, SUM(part.quantity_product_uom)
                  FROM stock_move move
                  JOIN stock_move_line part ON part.move_id = move.id
                  JOIN sale_order_line line ON line.id = move.sale_line_id
                  JOIN res_partner buyer ON buyer.id = line.order_partner_id
                  JOIN stock_location source ON source.id = part.location_id
                 WHERE move.product_id = ANY(%s) AND move.company_id = %s
                   AND move.state IN %s AND source.usage = 'internal'
                   AND buyer.commercial_partner_id = %s
                 GROUP BY move.product_id
                """,
                products.ids,
                self.env.company.id,
                OPEN_MOVE_STATES,
                partner.commercial_partner_id.id,
            )
        )

    def _sum_by_product(self, query):
        self.env["stock.soft.reservation"]._flush_soft_reservations()
        self.env["stock.move"].flush_model(["product_id", "sale_line_id", "state"])
        self.env["stock.move.line"].flush_model(["move_id", "quantity_product_uom"])
        self.env["sale.order.line"].flush_model(["order_partner_id"])
        self.env.cr.execute(query)
        return {
            product_id: float(total) for product_id, total in self.env.cr.fetchall()
        }

    def _get_prices(self, partner, products):
        """Return ``{product_id: (list price, price of the customer)}``, without tax."""
        currency = self.env.company.currency_id
        public = self.env["product.pricelist"]._get_bulk_prices(products, currency)
        pricelist = partner.with_company(self.env.company).property_product_pricelist
        own = pricelist._get_bulk_prices(products, currency) if pricelist else public
        return {id_: (price, own[id_]) for id_, price in public.items()}

    def _get_discount(self, list_price, price):
        """Return the discount off the list price in percent, never negative."""
        if not list_price:
            return 0.0
        return max(0.0, round((list_price - price) / list_price * 100, 2))

    def _get_vendor_days(self, products):
        """Return the lead time of the first vendor, by product."""
        today = fields.Date.context_today(self)
        days = defaultdict(int)
        sellers = products.sudo().product_tmpl_id.seller_ids
        for product in products.sudo():
            for seller in product.product_tmpl_id.seller_ids & sellers:
                if self._is_vendor_of(seller, product, today):
                    days[product.id] = seller.delay
                    break
        return days

    def _is_vendor_of(self, seller, product, today):
        return (
            seller.company_id in (self.env.company, seller.company_id.browse())
            and seller.product_id in (product, product.browse())
            and (not seller.date_start or seller.date_start <= today)
            and (not seller.date_end or seller.date_end >= today)
        )

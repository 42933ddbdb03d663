# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from functools import partial

from odoo import models

from odoo.addons.backorder_atp.dates import add_days

# What Odoo adds for a product without a vendor.
NO_VENDOR = "no_vendor_found_delay"


class StockAvailability(models.AbstractModel):
    """The lead time of what neither stock nor incoming supply covers."""

    _inherit = "stock.availability"

    def _get_lead_day(self, product, warehouse, quantity, known=None):
        """Return when it would arrive if bought or manufactured today, or None.

        None, too, if the lead time is implausibly long.

        :param dict known: the rules of earlier products, see :meth:`_get_lead_rules`
        """
        days = self._get_lead_days(product, warehouse, quantity, known)
        if days is None:
            return None
        today = self._get_today(warehouse.sudo().company_id or self.env.company)
        return add_days(today, days)

    def _get_lead_days(self, product, warehouse, quantity, known=None):
        """Return the lead time of ``quantity``, or None if it cannot be procured.

        Of several vendors, the one that Odoo selects for the quantity counts.
        """
        company = warehouse.sudo().company_id or self.env.company
        product = product.sudo().with_company(company)
        seller = product._select_seller(quantity=quantity, uom_id=product.uom_id)
        rules = self._get_lead_rules(product, warehouse.sudo(), known)
        if not rules or set(rules.mapped("action")) <= {"push"}:
            return seller.delay if seller else None
        delays, _description = rules.with_context(
            bypass_delay_description=True, bypass_global_horizon_days=True
        )._get_lead_days(product, supplierinfo=seller)
        return None if delays.get(NO_VENDOR) else delays["total_delay"]

    def _get_lead_rules(self, product, warehouse, known=None):
        """Return the rules that bring ``product`` to ``warehouse``.

        :param dict known: keeps them for products with the same routes, as Odoo
            searches for them product by product
        """
        if not warehouse:
            return self.env["stock.rule"]
        known = {} if known is None else known
        key = self._get_route_key(product, warehouse)
        if key not in known:
            known[key] = product._get_rules_from_location(warehouse.lot_stock_id)
        return known[key]

    def _get_route_key(self, product, warehouse):
        """Return what determines which rules bring ``product`` to ``warehouse``."""
        warehouses = warehouse
        while further := warehouses.resupply_wh_ids - warehouses:
            warehouses |= further
        rules = self.env["stock.rule"].sudo()
        is_offered = partial(rules._filter_warehouse_routes, product, warehouses)
        return (
            warehouse,
            product.route_ids,
            product.categ_id.total_route_ids,
            warehouses.route_ids.filtered(is_offered),
        )

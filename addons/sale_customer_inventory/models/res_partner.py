# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

TIERS = [
    ("bronze", "Bronze"),
    ("silver", "Silver"),
    ("gold", "Gold"),
    ("platinum", "Platinum"),
]
# The number of days whose turnover determines the tier.
TURNOVER_DAYS = 365


class ResPartner(models.Model):
    """The tier of a customer, and the inventory as the customer sees it."""

    _inherit = "res.partner"

    customer_turnover = fields.Monetary(
        "Annual Turnover",
        compute="_compute_customer_tier",
        compute_sudo=True,
        currency_field="currency_id",
        help="Confirmed orders of the last 365 days, without tax.",
        groups="sales_team.group_sale_salesman,backorder_atp.group_backorder_viewer",
    )
    customer_tier = fields.Selection(
        TIERS,
        "Tier",
        compute="_compute_customer_tier",
        compute_sudo=True,
        search="_search_customer_tier",
        help="Based on the annual turnover, unless set manually.",
    )
    fixed_customer_tier = fields.Selection(
        TIERS,
        "Manual Tier",
        company_dependent=True,
        help="Leave empty to use the tier based on turnover.",
        groups="sales_team.group_sale_manager",
    )

    # ------------------------------------------------------------------
    # Tier
    # ------------------------------------------------------------------

    @api.depends("commercial_partner_id.fixed_customer_tier")
    @api.depends_context("company")
    def _compute_customer_tier(self):
        turnovers = self._get_turnovers(self.commercial_partner_id)
        company = self.env.company
        for partner in self:
            turnover = turnovers.get(partner.commercial_partner_id._origin.id, 0.0)
            partner.customer_turnover = turnover
            partner.customer_tier = (
                partner.commercial_partner_id.fixed_customer_tier
                or company._get_customer_tier(turnover)
            )

    @api.model
    def _get_turnovers(self, partners=None):
        """Return ``{commercial partner id: turnover}`` in the company's currency.

        :param partners: by default all with a turnover
        """
        orders = self.env["sale.order"]
        orders.flush_model(
            ["amount_untaxed", "currency_rate", "date_order", "partner_id", "state"]
        )
        self.flush_model(["commercial_partner_id"])
        whose = SQL()
        if partners is not None:
            whose = SQL(
                "AND buyer.commercial_partner_id = ANY(%s)", partners._origin.ids
            )
        self.env.cr.execute(
            SQL(
                """
                SELECT buyer.commercial_partner_id,
                       SUM(so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1))
                  FROM sale_order so
                  JOIN res_partner buyer ON buyer.id = so.partner_id
                 WHERE so.company_id = %s AND so.state = 'sale'
                   AND so.date_order >= %s %s
                 GROUP BY buyer.commercial_partner_id
                """,
                self.env.company.id,
                fields.Datetime.now() - timedelta(days=TURNOVER_DAYS),
                whose,
            )
        )
        return {id_: float(turnover) for id_, turnover in self.env.cr.fetchall()}

    def _search_customer_tier(self, operator, value):
        if operator != "in":
            return NotImplemented
        tiers = {
            id_: self.env.company._get_customer_tier(turnover)
            for id_, turnover in self._get_turnovers().items()
        }
        earned = [id_ for id_, tier in tiers.items() if tier in value]
        domain = Domain("commercial_partner_id", "in", earned)
        if "bronze" in value:
            better = [id_ for id_, tier in tiers.items() if tier != "bronze"]
            domain |= Domain("commercial_partner_id", "not in", better)
        # only sales managers may read the manual tier, but all may search by tier
        fixed = self.sudo()._search([("fixed_customer_tier", "in", list(value))])
        free = self.sudo()._search([("fixed_customer_tier", "=", False)])
        return Domain("commercial_partner_id", "in", fixed) | (
            domain & Domain("commercial_partner_id", "in", free)
        )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "fixed_customer_tier"]

    # ------------------------------------------------------------------
    # Inventory
    # ------------------------------------------------------------------

    def get_customer_inventory(self, domain=None, limit=None, offset=0):
        """Return the availability and prices of products for this customer.

        Quantities are in the product's unit, prices in ``currency``, the company's.

        :param domain: which products; by default all that are sold from stock
        :return: dict with ``customerId``, ``customerName``, ``customerTier``,
            ``inventoryItems``, ``totalValue`` of these items, ``currency``,
            ``lastUpdated``; each item with ``productId``, ``sku``, ``description``,
            ``unit``, ``availableQuantity``, ``reservedQuantity``, ``unitPrice``,
            ``customerPrice``, ``discountPercentage``, ``leadTime`` (days),
            ``location`` and ``totalValue``
        :raise AccessError: when the user may not read the customer or products
        """
        self.ensure_one()
        self.check_access("read")
        products = self.env["product.product"].search(
            self._get_inventory_domain() & Domain(domain or Domain.TRUE),
            limit=limit,
            offset=offset,
        )
        rows = self.env["customer.inventory"]._get_rows(self, products)
        currency = self.env.company.currency_id
        return {
            "customerId": self.id,
            "customerName": self.display_name,
            "customerTier": self.customer_tier.upper(),
            "inventoryItems": [
                self._prepare_inventory_item(product, rows[product.id])
                for product in products
            ],
            "totalValue": currency.round(sum(row["value"] for row in rows.values())),
            "currency": currency.name,
            "lastUpdated": fields.Datetime.to_string(fields.Datetime.now()),
        }

    def _prepare_inventory_item(self, product, row):
        return {
            "productId": product.id,
            "sku": product.default_code or False,
            "description": product.name,
            "unit": product.uom_id.name,
            "availableQuantity": row["available"],
            "reservedQuantity": row["held"] + row["allocated"],
            "unitPrice": row["list_price"],
            "customerPrice": row["price"],
            "discountPercentage": row["discount"],
            "leadTime": row["lead_time"],
            "location": row["location"],
            "totalValue": row["value"],
        }

    @api.model
    def _get_inventory_domain(self):
        return Domain([("is_storable", "=", True), ("sale_ok", "=", True)])

    def action_view_customer_inventory(self):
        """Open the products as this customer sees them."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sale_customer_inventory.product_product_action_customer"
        )
        title = self.env._("Inventory for %s", self.display_name)
        return {
            **action,
            "name": title,
            "display_name": title,
            "domain": list(self._get_inventory_domain()),
            "context": {"customer_id": self.id, "create": False},
        }

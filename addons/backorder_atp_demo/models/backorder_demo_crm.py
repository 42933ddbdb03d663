# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from .backorder_demo import all_or_nothing

# Opportunities of the demo company: name, customer, stage, probability, days until
# closing, products, further steps.
OPPORTUNITIES = [
    (
        "Spring workshop stock",
        "spoke",
        "crm.stage_lead2",
        45,
        12,
        {"DT-CAS-1142": 4, "WS-LUB-1": 20, "BR-CAB-S": 15},
        "allocate",
    ),
    (
        "Touring fleet for next season",
        "tour",
        "crm.stage_lead3",
        70,
        25,
        {"CM-STV-G": 2, "CM-MAT-6": 8, "BG-PAN-40": 3},
        "allocate",
    ),
    (
        "Shop opening in Lyon",
        "velo",
        "crm.stage_lead3",
        60,
        18,
        {"CP-GRP-E": 30, "CP-PED-F": 12, "CM-BTL-75": 60},
        "expire",
    ),
    (
        "Cargo bike conversion",
        "city",
        "crm.stage_lead2",
        40,
        30,
        {"EB-MOT-85": 6, "EB-BAT-500": 6},
        None,
    ),
    (
        "Club jersey ride",
        "lake",
        "crm.stage_lead1",
        15,
        40,
        {"CM-BTL-75": 80},
        None,
    ),
]


class BackorderDemoCrm(models.AbstractModel):
    """Creates the opportunities of the demo company."""

    _name = "backorder.demo.crm"
    _inherit = "backorder.demo"
    _description = "Backorder Demo Opportunities"

    @api.model
    @api.private
    @all_or_nothing
    def build_opportunities(self):
        """Create the opportunities with products and soft reservations, once."""
        if self.env["crm.lead"].search([("name", "=", OPPORTUNITIES[0][0])]):
            return
        self._get("customer_spoke").credit_limit = 6000
        self._get("customer_tour").credit_limit = 500
        self.env.ref("base.main_company").account_use_credit_limit = True
        self.env.ref("base.group_user").implied_ids = [
            Command.link(self.env.ref("product.group_product_pricelist").id)
        ]
        for row in OPPORTUNITIES:
            self._build_opportunity(*row)
        self._build_customer_prices()

    def _build_opportunity(
        self, name, customer, stage, probability, closing, products, outcome
    ):
        lead = self._as(self.env["crm.lead"], "sales").create(
            {
                "name": name,
                "type": "opportunity",
                "partner_id": self._get(f"customer_{customer}").id,
                "user_id": self._get("user_sales").id,
                "team_id": self._get("team_shops").id,
                "stage_id": self.env.ref(stage).id,
                "date_deadline": fields.Date.today() + timedelta(days=closing),
                "line_ids": [
                    Command.create(
                        {
                            "product_id": self._get_product(code).id,
                            "quantity": quantity,
                        }
                    )
                    for code, quantity in products.items()
                ],
            }
        )
        lead.probability = probability
        lead.expected_revenue = lead.line_total
        if outcome:
            lead.action_allocate_stock()
        if outcome == "expire":
            reservations = lead.sudo().soft_reservation_ids
            reservations.expiry_date = fields.Datetime.now() - timedelta(hours=3)
            reservations._settle("expired")

    def _build_customer_prices(self):
        """Create special prices for two customers."""
        prices = {
            "spoke": {"DT-CHN-11": 20, "DT-CAS-1142": 15, "BR-DSC-160": 12},
            "nordrad": {"WH-TYR-28": 10, "WH-TYR-29": 10, "WS-LUB-1": 25},
        }
        for customer, discounts in prices.items():
            self._get(f"customer_{customer}").update_customer_pricing(
                [
                    {"sku": code, "discountPercentage": discount}
                    for code, discount in discounts.items()
                ]
            )

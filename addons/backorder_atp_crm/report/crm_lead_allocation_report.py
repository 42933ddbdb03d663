# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class CrmLeadAllocationReport(models.Model):
    """Stock reserved for opportunities: one row for each active soft reservation."""

    _name = "crm.lead.allocation.report"
    _inherit = "sql.report.mixin"
    _description = "Stock Reserved for Opportunities"
    _auto = False
    _order = "value desc, id"
    _rec_name = "lead_name"
    _depends = {
        "crm.lead": ["partner_id", "probability", "stage_id", "team_id", "user_id"],
        "stock.soft.reservation": [
            "expiry_date",
            "opportunity_price",
            "origin_id",
            "remaining_quantity",
            "state",
        ],
    }

    reservation_id = fields.Many2one("stock.soft.reservation", readonly=True)
    # users without access to the opportunity see only its name
    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        readonly=True,
        aggregator="count_distinct",
        groups="sales_team.group_sale_salesman",
    )
    lead_name = fields.Char("Opportunity Name", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True)
    probability = fields.Float(readonly=True, aggregator="avg")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    default_code = fields.Char("Internal Reference", readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    quantity = fields.Float("Reserved", readonly=True, digits="Product Unit")
    value = fields.Monetary(
        readonly=True, help="The reserved quantity at the price of the opportunity."
    )
    expiry_date = fields.Datetime("Expires", readonly=True)
    date_deadline = fields.Date("Expected Closing", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT reservation.id, reservation.id AS reservation_id, lead.id AS lead_id,
                   lead.name AS lead_name, lead.stage_id, lead.probability,
                   lead.partner_id, lead.user_id, lead.team_id, lead.date_deadline,
                   reservation.product_id, product.default_code, template.categ_id,
                   reservation.warehouse_id, reservation.company_id,
                   company.currency_id,
                   reservation.remaining_quantity AS quantity, reservation.expiry_date,
                   ROUND((reservation.remaining_quantity
                          * COALESCE(reservation.opportunity_price, 0))::numeric,
                         2) AS value
              FROM stock_soft_reservation reservation
              JOIN crm_lead lead ON lead.id = reservation.origin_id
              JOIN product_product product ON product.id = reservation.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = reservation.company_id
             WHERE reservation.origin_model = 'crm.lead' AND %s
            """,
            self.env["stock.soft.reservation"]._get_counting(),
        )

    def action_view_opportunity(self):
        """Open the opportunity, or the soft reservation without access to it."""
        self.ensure_one()
        if self.env["crm.lead"].has_access("read"):
            return self.lead_id.get_formview_action()
        return self.reservation_id.get_formview_action()

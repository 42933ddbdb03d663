# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class CrmLeadAllocationReport(models.Model):
    """What opportunities hold now, one row for each hold that counts."""

    _name = "crm.lead.allocation.report"
    _inherit = "sql.report.mixin"
    _description = "Stock Held for Opportunities"
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
    # only who may read the opportunity gets further than its name
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
    quantity = fields.Float("Held", readonly=True, digits="Product Unit")
    value = fields.Monetary(
        readonly=True, help="What is held, at the price of the opportunity."
    )
    expiry_date = fields.Datetime("Expires", readonly=True)
    date_deadline = fields.Date("Expected Closing", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT hold.id, hold.id AS reservation_id, lead.id AS lead_id,
                   lead.name AS lead_name, lead.stage_id, lead.probability,
                   lead.partner_id, lead.user_id, lead.team_id, lead.date_deadline,
                   hold.product_id, product.default_code, template.categ_id,
                   hold.warehouse_id, hold.company_id, company.currency_id,
                   hold.remaining_quantity AS quantity, hold.expiry_date,
                   ROUND((hold.remaining_quantity
                          * COALESCE(hold.opportunity_price, 0))::numeric, 2) AS value
              FROM stock_soft_reservation hold
              JOIN crm_lead lead ON lead.id = hold.origin_id
              JOIN product_product product ON product.id = hold.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN res_company company ON company.id = hold.company_id
             WHERE hold.origin_model = 'crm.lead' AND %s
            """,
            self.env["stock.soft.reservation"]._get_counting(),
        )

    def action_view_opportunity(self):
        """Open the opportunity, or the hold for whoever may not see it."""
        self.ensure_one()
        if self.env["crm.lead"].has_access("read"):
            return self.lead_id.get_formview_action()
        return self.reservation_id.get_formview_action()

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Ships From",
        check_company=True,
        help="The warehouse from which this team's orders are promised.",
    )

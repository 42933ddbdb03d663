# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.backorder_atp.transaction import TransactionVar

# When that happened which is being logged; None for now. Set by the demo data alone.
EVENT_DATE = TransactionVar(None)


class BackorderEvent(models.Model):
    _inherit = "backorder.event"

    @api.model_create_multi
    def create(self, vals_list):
        if date := EVENT_DATE.get(self.env.cr):
            vals_list = [{"date": date, **vals} for vals in vals_list]
        return super().create(vals_list)

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MrpUnbuild(models.Model):
    _inherit = "mrp.unbuild"

    def action_unbuild(self):
        """Check the stock after consumption and receipt of the components."""
        with self.env["stock.quant"]._checking_decrements():
            return super().action_unbuild()

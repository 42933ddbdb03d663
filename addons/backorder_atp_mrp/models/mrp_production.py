# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def button_mark_done(self):
        """Check the stock of components after all productions are done.

        One production may make a component of another.
        """
        with self.env["stock.quant"]._checking_decrements():
            return super().button_mark_done()

    def _post_inventory(self, cancel_backorder=False):
        with self.env["stock.quant"]._checking_decrements():
            return super()._post_inventory(cancel_backorder=cancel_backorder)

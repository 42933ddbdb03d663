# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """Many orders are fulfilled in the background."""

    _inherit = "sale.order"

    def _fulfil_many(self):
        """Start a job, so that the user need not wait.

        :return: a dialog with the progress of the job
        """
        queue = self.sudo()._sort_by_queue()
        return self.env["backorder.job"]._start("fulfil", queue)._follow()

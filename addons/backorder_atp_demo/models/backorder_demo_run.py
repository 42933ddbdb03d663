# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .backorder_demo import all_or_nothing


class BackorderDemoRun(models.AbstractModel):
    _name = "backorder.demo.run"
    _inherit = "backorder.demo"
    _description = "Backorder Demo Runs"

    @api.model
    @api.private
    @all_or_nothing
    def build_run(self):
        """Simulate a run, for the manager to compare and commit."""
        runs = self._as(self.env["backorder.run"], "manager")
        runs.create({}).action_simulate()

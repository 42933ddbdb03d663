# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderOverview(models.AbstractModel):
    """Runs that are simulated and not yet committed."""

    _inherit = "backorder.overview"

    @api.model
    def _get_sections(self):
        return [*super()._get_sections(), self._get_run_section()]

    def _get_run_section(self):
        return self._prepare_section(
            "runs",
            55,
            self.env._("Simulated Runs to Commit"),
            "fa-random",
            self.env["backorder.run"],
            [("state", "=", "simulated")],
            "simulated_date, id",
            "backorder_atp_run.backorder_run_action",
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools.misc import formatLang


class ResConfigSettings(models.TransientModel):
    """The phase of the company, and figures for the decision."""

    _inherit = "res.config.settings"

    saved_promise_phase = fields.Selection(
        related="company_id.promise_phase", string="Current Phase"
    )
    rollout_confirmed_count = fields.Integer(compute="_compute_rollout")
    rollout_would_block_count = fields.Integer(compute="_compute_rollout")
    rollout_blocked_count = fields.Integer(compute="_compute_rollout")
    rollout_requested_count = fields.Integer(compute="_compute_rollout")
    rollout_approved_count = fields.Integer(compute="_compute_rollout")
    rollout_rejected_count = fields.Integer(compute="_compute_rollout")
    rollout_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Rollout Currency"
    )
    rollout_value = fields.Monetary(
        compute="_compute_rollout", currency_field="rollout_currency_id"
    )
    rollout_products = fields.Text(compute="_compute_rollout_products")
    rollout_facts = fields.Text(compute="_compute_rollout")

    @api.depends("company_id")
    def _compute_rollout(self):
        for settings in self:
            figures = settings.company_id._get_rollout_figures()
            settings.rollout_confirmed_count = figures["confirmed"]
            settings.rollout_would_block_count = figures["would_block"]
            settings.rollout_blocked_count = figures["blocked"]
            settings.rollout_requested_count = figures["requested"]
            settings.rollout_approved_count = figures["approved"]
            settings.rollout_rejected_count = figures["rejected"]
            settings.rollout_value = figures["value"]
            settings.rollout_facts = "\n".join(
                settings.company_id._get_rollout_facts(figures)
            )

    @api.depends("company_id")
    def _compute_rollout_products(self):
        for settings in self:
            settings.rollout_products = "\n".join(
                settings.env._(
                    "%(product)s: %(attempts)s × short, by %(quantity)s %(unit)s",
                    product=product.display_name,
                    attempts=attempts,
                    quantity=formatLang(self.env, quantity, dp="Product Unit"),
                    unit=product.uom_id.name,
                )
                for product, attempts, quantity in (
                    settings.company_id._get_top_oversold()
                )
            )

    # ------------------------------------------------------------------
    # Reports of the figures
    # ------------------------------------------------------------------

    def action_view_rollout(self):
        """Open the confirmed orders by week, refused by the hard phase or not."""
        return self._open_rollout_report("backorder_rollout_report_action")

    def action_view_oversell(self):
        """Open the attempts behind a figure; the button passes the filter."""
        return self._open_rollout_report("backorder_oversell_report_action")

    def action_view_overrides(self):
        """Open the decisions behind a figure; the button passes the filter."""
        return self._open_rollout_report("backorder_override_report_action")

    def _open_rollout_report(self, name):
        """Open a report with the filters that the button passes."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            f"backorder_atp_report.{name}"
        )
        filters = {
            key: value
            for key, value in self.env.context.items()
            if key.startswith("search_default_")
        }
        return {**action, "context": {"search_default_recent": 1, **filters}}

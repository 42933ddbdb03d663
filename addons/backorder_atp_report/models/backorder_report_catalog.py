# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo import api, models


class BackorderReportCatalog(models.AbstractModel):
    """All reports on one page, each with a description."""

    _name = "backorder.report.catalog"
    _description = "Backorder Reports"

    @api.model
    def get_reports(self):
        """Return the reports that the user may open.

        :return: list of ``title`` and ``reports``, each of these with its ``action``
            (an id), ``name`` and ``description``
        :raise AccessError: for users who are not viewers of backorders
        """
        self.env["backorder.overview"]._check_viewer()
        groups = [
            {"title": title, "reports": self._get_readable(xmlids)}
            for title, xmlids in self._get_groups()
        ]
        return [group for group in groups if group["reports"]]

    @api.model
    def _get_groups(self):
        """Return the titles and the external ids of their actions; extend it."""
        return [
            (
                self.env._("Today"),
                [
                    "backorder_atp_report.backorder_report_action",
                    "backorder_atp_report.backorder_report_action_customer",
                    "backorder_atp_report.backorder_product_action_impact",
                    "backorder_atp_report.backorder_product_action_top",
                    "backorder_atp_report.backorder_product_action_timeline",
                    "backorder_atp_report.backorder_summary_action",
                ],
            ),
            (
                self.env._("Service Level"),
                [
                    "backorder_atp_report.backorder_service_report_action",
                    "backorder_atp_report.backorder_service_report_action_late",
                    "backorder_atp_report.backorder_snapshot_action_service",
                    "backorder_atp_report.backorder_snapshot_action_late",
                ],
            ),
            (
                self.env._("History"),
                [
                    "backorder_atp_report.backorder_trend_action",
                    "backorder_atp_report.backorder_snapshot_action",
                    "backorder_atp_report.backorder_period_action",
                    "backorder_atp_report.backorder_episode_action",
                    "backorder_atp_report.backorder_frequency_action",
                ],
            ),
            (
                self.env._("Decisions"),
                [
                    "backorder_atp_report.backorder_oversell_report_action",
                    "backorder_atp_report.backorder_override_report_action",
                    "backorder_atp_report.backorder_rollout_report_action",
                ],
            ),
        ]

    def _get_readable(self, xmlids):
        actions = [self.env.ref(xmlid).sudo() for xmlid in xmlids]
        return [
            {
                "action": action.id,
                "name": action.name,
                "description": self._get_description(action),
            }
            for action in actions
            if self._is_readable(action)
        ]

    def _is_readable(self, action):
        """Whether the user may open ``action``; a page of its own is for viewers."""
        if action.type == "ir.actions.client":
            return True
        return self.env[action.res_model].has_access("read")

    def _get_description(self, action):
        """Return the description of a report: the help of its action."""
        if not action.help:
            return ""
        _heading, *paragraphs = html.fragment_fromstring(action.help, "div")
        return " ".join(" ".join(part.text_content().split()) for part in paragraphs)

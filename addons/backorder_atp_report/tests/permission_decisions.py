# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Access to the figures and the printed report."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    MANAGERS,
    NOBODY,
    VIEWERS,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "res.company": {
            NOBODY: (
                "backorder_target_hours backorder_target_rate backorder_report_mail "
                "backorder_target_fill_rate backorder_target_promise_rate"
            ),
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "backorder.board": {
            VIEWERS: "get_figures",
        },
        "backorder.report.catalog": {
            VIEWERS: "get_reports",
        },
        "backorder.trend": {
            VIEWERS: "get_trends",
        },
        "backorder.episode": {
            VIEWERS: "action_view_order",
        },
        "backorder.override.report": {
            VIEWERS: "action_view_order",
        },
        "backorder.oversell.report": {
            VIEWERS: "action_view_order",
        },
        "backorder.rollout.report": {
            VIEWERS: "action_view_order",
        },
        "backorder.service.report": {
            VIEWERS: "action_view_order",
        },
    }
)

# Dialogs, whose actions check access themselves.
DIALOGS = {
    "backorder.summary": MANAGERS,
}

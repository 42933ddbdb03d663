# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may execute backorder runs, and exclude lines from them."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EVERYBODY,
    MANAGERS,
    VIEWERS,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "backorder.run": {
            MANAGERS: (
                "name company_id warehouse_ids product_ids on_exception "
                "is_firm_moved firm_reason segment_ids moving_line_ids "
                "compared_run_id"
            ),
        },
        "backorder.run.segment": {
            MANAGERS: "run_id sequence name domain strategy sort_order",
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "backorder.run": {
            MANAGERS: "action_commit action_discard action_reopen action_simulate",
            EVERYBODY: "action_view_lines",
            VIEWERS: "get_comparison",
        },
        "sale.order.line": {
            MANAGERS: "action_toggle_promise_firm",
        },
    }
)

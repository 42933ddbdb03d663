# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Access to reconciling and to background jobs."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    MANAGERS,
    OPERATORS,
    VIEWERS,
    decide,
)

METHODS = decide(
    {
        "backorder.job": {
            MANAGERS: "action_reconcile_all",
            VIEWERS: "action_view_orders get_progress",
        },
        "sale.order": {
            OPERATORS: "process_pending_backorders",
            MANAGERS: "action_reconcile action_reconcile_all reconcile",
        },
    }
)

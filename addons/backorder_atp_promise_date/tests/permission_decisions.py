# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may write the fields of promised dates."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EMPLOYEES,
    MANAGERS,
    NOBODY,
    ORDER_WRITERS,
    VIEWERS,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "product.category": {NOBODY: "backorder_limit"},
        "product.product": {NOBODY: "backorder_limit"},
        "product.template": {NOBODY: "backorder_limit"},
        "stock.policy": {MANAGERS: "backorder_limit"},
        "res.company": {
            NOBODY: (
                "backorder_limit promise_demand_date promise_late_supply_days "
                "promise_late_supply_offset promise_late_demand_days "
                "promise_late_demand_offset promise_gain_days "
                "promise_slip_days promise_show_dates"
            ),
        },
    }
)


# Public methods.
METHODS = decide(
    {
        "sale.order": {
            EMPLOYEES: "get_timeline",
        },
        "sale.order.line": {
            ORDER_WRITERS: "action_accept_promise_date",
        },
        "stock.availability": {
            EMPLOYEES: "get_projection_chart get_queue_chart",
        },
        "backorder.product": {VIEWERS: "action_view_queue"},
        "product.product": {EMPLOYEES: "action_view_queue"},
        "product.template": {EMPLOYEES: "action_view_queue"},
        "stock.picking": {EMPLOYEES: "action_view_queue"},
    }
)

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Access to alerts."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EMPLOYEES,
    EVERYBODY,
    MANAGERS,
    NOBODY,
    OPERATORS,
    ORDER_WRITERS,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "res.company": {
            NOBODY: (
                "backorder_alert_mail backorder_persisting_hours "
                "backorder_hold_limit backorder_notify_hours"
            ),
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "backorder.alert": {
            ORDER_WRITERS: "action_inform_customers",
            OPERATORS: (
                "action_open_expedite action_open_purchase action_open_transfer"
            ),
            MANAGERS: "action_review",
            EMPLOYEES: "action_open_product_alerts action_view_orders",
        },
        "product.product": {
            EVERYBODY: "action_view_alerts",
        },
        "product.template": {
            EMPLOYEES: "action_view_alerts",
        },
    }
)

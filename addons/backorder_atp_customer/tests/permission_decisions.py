# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Access to customer messages and goodwill discounts."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EMPLOYEES,
    NOBODY,
    ORDER_WRITERS,
    SALES,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "res.company": {
            NOBODY: (
                "customer_message_delayed customer_message_partly_shipped "
                "customer_message_new_date customer_message_available "
                "customer_message_resolved customer_message_substitutes "
                "backorder_portal backorder_portal_split "
                "backorder_portal_cancel"
            ),
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "backorder.customer.message": {
            ORDER_WRITERS: "action_retry",
            EMPLOYEES: "action_view_order",
        },
        "sale.order": {
            SALES: ("action_apply_goodwill action_open_goodwill get_goodwill_preview"),
            ORDER_WRITERS: "action_inform_customer",
        },
    }
)

# Dialogs, whose actions check access themselves.
DIALOGS = {
    "backorder.goodwill": SALES,
    "backorder.goodwill.line": SALES,
}

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may keep stock for somebody."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EMPLOYEES,
    EVERYBODY,
    NOBODY,
    OPERATORS,
    OPERATORS_AND_SALES,
    ORDER_WRITERS,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "res.company": {
            NOBODY: "hold_duration hold_max_duration",
        },
        "sale.order": {
            ORDER_WRITERS: "stock_hold_ids",
        },
        "stock.hold": {
            NOBODY: (
                "product_id warehouse_id quantity partner_id order_id origin "
                "user_id expiry_date"
            ),
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "product.product": {
            EVERYBODY: "action_view_stock_holds",
        },
        "product.template": {
            EMPLOYEES: "action_view_stock_holds",
        },
        "sale.order": {
            OPERATORS_AND_SALES: "action_open_stock_hold action_release_stock_holds",
            EVERYBODY: "action_view_stock_holds",
        },
        "stock.hold": {
            OPERATORS: "action_extend action_release",
            EMPLOYEES: "action_open_extend action_open_release",
        },
    }
)

# Dialogs, which check for themselves what they do.
DIALOGS = {
    "stock.hold.decision": OPERATORS_AND_SALES,
    "stock.hold.wizard": OPERATORS_AND_SALES,
    "stock.hold.wizard.line": OPERATORS_AND_SALES,
}

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may buy, and change the dates of purchases."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EMPLOYEES,
    MANAGERS,
    NOBODY,
    OPERATORS,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "res.company": {
            NOBODY: (
                "backorder_purchase_margin backorder_auto_purchase "
                "backorder_replenish backorder_buyer_id"
            ),
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "backorder.product": {
            OPERATORS: "action_open_expedite action_open_purchase",
        },
        "backorder.supply": {
            MANAGERS: "buy",
        },
        "product.product": {
            OPERATORS: "action_open_expedite action_open_purchase",
        },
        "product.template": {
            OPERATORS: "action_open_expedite action_open_purchase",
        },
        "purchase.order": {
            EMPLOYEES: "action_view_backordered_orders",
        },
        "purchase.order.line": {
            OPERATORS: "action_expedite",
            MANAGERS: "action_set_new_date",
        },
        "sale.order": {
            OPERATORS: "action_open_expedite action_open_purchase",
        },
    }
)

# Dialogs, whose actions check access themselves.
DIALOGS = {
    "backorder.expedite": OPERATORS,
    "backorder.expedite.line": OPERATORS,
    "backorder.purchase": OPERATORS,
    "backorder.purchase.line": OPERATORS,
}

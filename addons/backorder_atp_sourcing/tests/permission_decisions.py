# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may use alternatives, transfers and substitutes."""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EMPLOYEES,
    MANAGERS,
    NOBODY,
    OPERATORS,
    OPERATORS_AND_SALES,
    STOCK_ORDER_WRITERS,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "product.substitute": {
            MANAGERS: (
                "sequence product_tmpl_id product_id substitute_id is_both_ways note"
            ),
        },
        "product.template": {
            NOBODY: "substitute_ids",
        },
        "res.company": {
            NOBODY: (
                "promise_alternatives promise_alternative_rule promise_ship_together"
            ),
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "backorder.product": {
            OPERATORS: "action_open_transfer",
        },
        "backorder.supply": {
            OPERATORS: "transfer",
        },
        "product.product": {
            OPERATORS: "action_open_transfer",
        },
        "product.template": {
            OPERATORS: "action_open_transfer",
        },
        "sale.order": {
            OPERATORS_AND_SALES: "action_open_alternatives action_open_transfer",
            EMPLOYEES: "get_promise_alternatives",
        },
        "sale.order.line": {
            OPERATORS: "action_move_to_warehouse",
            OPERATORS_AND_SALES: (
                "action_choose_alternative action_open_alternatives "
                "action_open_substitutes action_open_transfer action_substitute"
            ),
            STOCK_ORDER_WRITERS: "action_split_over_warehouses",
        },
    }
)

# Dialogs, whose actions check access themselves.
DIALOGS = {
    "backorder.alternatives": OPERATORS_AND_SALES,
    "backorder.alternatives.line": OPERATORS_AND_SALES,
    "backorder.substitution": OPERATORS_AND_SALES,
    "backorder.substitution.line": OPERATORS_AND_SALES,
    "backorder.transfer": OPERATORS_AND_SALES,
    "backorder.transfer.line": OPERATORS_AND_SALES,
    "backorder.uncounted": OPERATORS_AND_SALES,
}

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may reserve stock."""

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
            NOBODY: "soft_reservation_duration soft_reservation_max_duration",
        },
        "sale.order": {
            ORDER_WRITERS: "soft_reservation_ids",
        },
        "stock.soft.reservation": {
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
            EVERYBODY: "action_view_soft_reservations",
        },
        "product.template": {
            EMPLOYEES: "action_view_soft_reservations",
        },
        "sale.order": {
            OPERATORS_AND_SALES: (
                "action_open_soft_reservation action_release_soft_reservations"
            ),
            EVERYBODY: "action_view_soft_reservations",
        },
        "stock.soft.reservation": {
            OPERATORS: "action_extend action_release",
            EMPLOYEES: "action_open_extend action_open_release",
        },
    }
)

# Dialogs, whose actions check access themselves.
DIALOGS = {
    "stock.soft.reservation.decision": OPERATORS_AND_SALES,
    "stock.soft.reservation.wizard": OPERATORS_AND_SALES,
    "stock.soft.reservation.wizard.line": OPERATORS_AND_SALES,
}

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Access to fields, methods and dialogs of the addons for other apps.

Webhooks, websites, stages and settings are for administrators.
"""

from odoo.addons.backorder_atp.tests.permission_walk import (
    EMPLOYEES,
    EVERYBODY,
    MANAGERS,
    NOBODY,
    OPERATORS,
    SALES,
    STOCK_MANAGERS,
    decide,
)

# Fields that a remote caller could write.
FIELDS = decide(
    {
        "backorder.webhook": {
            NOBODY: "name active url company_id event_type_ids delivery_ids",
        },
        "crm.lead": {
            SALES: "line_ids",
        },
        "crm.lead.line": {
            SALES: (
                "lead_id sequence product_id quantity product_uom_id warehouse_id "
                "price_unit"
            ),
        },
        "crm.stage": {
            NOBODY: "stock_allocation",
        },
        "delivery.carrier": {
            STOCK_MANAGERS: "warehouse_mapping_ids",
        },
        "delivery.carrier.warehouse": {
            STOCK_MANAGERS: "carrier_id warehouse_id company_id",
        },
        "fastapi.endpoint": {
            NOBODY: "app",
        },
        "product.product": {
            NOBODY: "allow_out_of_stock_order",
        },
        "res.company": {
            NOBODY: (
                "opportunity_min_probability opportunity_reservation_duration "
                "backorder_run_background_size"
            ),
        },
        "website": {
            NOBODY: (
                "promise_cart_reservation_minutes promise_payment_reservation_minutes "
                "promise_visitor_reservation_percent promise_show_dates"
            ),
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "backorder.run": {
            MANAGERS: "action_call_off",
        },
        "backorder.webhook": {
            NOBODY: "action_renew_secret action_test",
            EVERYBODY: "action_view_deliveries",
        },
        "backorder.webhook.delivery": {
            NOBODY: "action_retry",
        },
        "crm.lead": {
            SALES: (
                "action_allocate_stock action_open_release_stock "
                "action_release_stock get_credit_impact"
            ),
            EVERYBODY: "action_view_soft_reservations",
            EMPLOYEES: "get_allocation_report",
        },
        "crm.lead.allocation.report": {
            EMPLOYEES: "action_view_opportunity",
        },
        "stock.picking": {
            OPERATORS: (
                "action_complete_fulfilment action_deliver action_fail_delivery "
                "action_set_in_transit action_ship action_start_fulfilment"
            ),
            EMPLOYEES: "action_open_fail_delivery get_fulfilment_tracking",
        },
    }
)

# Dialogs, whose actions check access themselves.
DIALOGS = {
    "stock.delivery.failure": OPERATORS,
}

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which roles may write, call and open what.

The permission walk tries everything that is forbidden. An allowed call may still be
refused for other reasons: an own request, another user's order, a limit. Finance
managers have no Odoo rights to write orders or manage the warehouse; company settings
are for administrators, products for users who may create them.
"""

from .permission_walk import (
    EMPLOYEES,
    EVERYBODY,
    MANAGERS,
    NOBODY,
    OPERATORS,
    OPERATORS_AND_SALES,
    ORDER_WRITERS,
    STOCK_MANAGERS,
    STOCK_ORDER_WRITERS,
    VIEWERS,
    decide,
)

# Fields that are remotely writable.
FIELDS = decide(
    {
        "backorder.threshold": {
            NOBODY: ("company_id sequence group_id max_quantity max_percent max_value"),
        },
        "backorder.unmatched.line": {
            OPERATORS_AND_SALES: "order_id reference quantity price_unit product_id",
        },
        "crm.team": {
            NOBODY: "warehouse_id",
        },
        "product.category": {
            NOBODY: (
                "allow_backorder backorder_limit backorder_limit_qty backorder_until"
            ),
        },
        "product.product": {
            NOBODY: (
                "allow_backorder backorder_limit backorder_limit_qty "
                "backorder_until stock_policy_ids"
            ),
        },
        "product.template": {
            NOBODY: (
                "allow_backorder backorder_limit backorder_limit_qty backorder_until"
            ),
        },
        "res.company": {
            NOBODY: (
                "promise_phase shortage_policy allow_backorder "
                "promise_vendor_stock backorder_retry_batch "
                "backorder_retry_minutes backorder_responsible_id "
                "backorder_self_approval backorder_limit backorder_limit_qty "
                "backorder_until promise_request_times "
                "over_delivery_tolerance discrepancy_min_percent "
                "discrepancy_min_quantity discrepancy_min_value "
                "discrepancy_review_counts discrepancy_all_receipts "
                "discrepancy_all_negatives discrepancy_medium_percent "
                "discrepancy_medium_quantity discrepancy_medium_value "
                "discrepancy_high_percent discrepancy_high_quantity "
                "discrepancy_high_value discrepancy_critical_percent "
                "discrepancy_critical_quantity discrepancy_critical_value "
                "discrepancy_lock_low discrepancy_lock_medium "
                "discrepancy_lock_high discrepancy_lock_critical "
                "backorder_escalation_days backorder_escalation_partial"
            ),
        },
        "sale.order": {
            STOCK_ORDER_WRITERS: "backorder_priority",
            ORDER_WRITERS: "unmatched_line_ids",
        },
        "stock.discrepancy": {
            MANAGERS: (
                "product_id warehouse_id location_id lot_id package_id "
                "stock_owner_id expected_qty counted_qty severity"
            ),
            OPERATORS: "user_id",
        },
        "stock.policy": {
            MANAGERS: (
                "allow_backorder backorder_limit backorder_limit_qty "
                "backorder_until product_id warehouse_id location_id "
                "safety_stock_quantity safety_stock_percent lock_policy"
            ),
        },
        "stock.location": {
            STOCK_MANAGERS: "own_availability_kind availability_kind",
        },
    }
)

# Public methods.
METHODS = decide(
    {
        "backorder.checklist": {
            MANAGERS: "get_checklist",
        },
        "backorder.failure": {
            VIEWERS: "action_open_record",
        },
        "backorder.override": {
            MANAGERS: "action_approve action_reject action_undo action_withdraw",
            EMPLOYEES: (
                "action_open_approval action_open_rejection action_open_undo "
                "action_open_withdraw"
            ),
        },
        "backorder.override.line": {
            EMPLOYEES: "action_explain",
        },
        "backorder.overview": {
            VIEWERS: "get_overview open_scanned",
        },
        "backorder.product": {
            OPERATORS: "action_fulfil",
            VIEWERS: "action_view_orders",
        },
        "backorder.unmatched.line": {
            OPERATORS_AND_SALES: "action_match",
        },
        "product.product": {
            EMPLOYEES: "action_explain action_view_backorders",
            EVERYBODY: "action_view_discrepancies",
        },
        "product.template": {
            EMPLOYEES: (
                "action_explain action_view_backorders action_view_discrepancies"
            ),
        },
        "sale.order": {
            OPERATORS: (
                "action_fulfil action_fulfil_all action_hold "
                "action_open_split action_release_hold get_split_preview "
                "merge_backorder process_backorders split_backorder"
            ),
            ORDER_WRITERS: "process_promise",
            EMPLOYEES: (
                "action_open_hold action_open_override action_open_release "
                "action_view_backorder_children action_view_backorder_events "
                "action_view_backorder_parent check_promise"
            ),
            EVERYBODY: "action_view_overrides",
        },
        "sale.order.line": {
            EMPLOYEES: "action_explain",
        },
        "stock.availability": {
            EMPLOYEES: "explain get_available_qty get_figure_action",
        },
        "stock.discrepancy": {
            MANAGERS: (
                "action_close_agreed action_reject action_reopen action_resolve"
            ),
            EMPLOYEES: "action_open_decision action_open_source",
            OPERATORS: "action_start_review",
        },
        "stock.picking": {
            EMPLOYEES: "action_view_backordered_orders",
        },
        "stock.policy": {
            EMPLOYEES: "action_explain",
        },
        "stock.quant": {
            EMPLOYEES: "action_open_stock_policy action_view_discrepancies",
        },
    }
)

# Dialogs; their actions check permissions themselves.
DIALOGS = {
    "backorder.decision": MANAGERS,
    "backorder.decision.loser": MANAGERS,
    "backorder.reason": OPERATORS_AND_SALES,
    "backorder.split": OPERATORS,
    "backorder.split.line": OPERATORS,
    "stock.discrepancy.decision": MANAGERS,
}

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  openBackorders,
  openInventory,
  openMenu,
  scan,
  sellBeyondStock,
} from "@backorder_atp/../tests/tours/backorder_tour_utils.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("backorder_atp_order", {steps: sellBeyondStock});

tours.add("backorder_atp_receipt", {
  steps: () => [
    ...openInventory(),
    {
      trigger: ".o_kanban_record:contains('Receipts') button:contains('1')",
      run: "click",
    },
    {
      trigger: ".o_data_row td[name=name], .o_form_view .o_field_widget[name=name]",
      run: "click",
    },
    {trigger: ".o_notebook a[name=backordered_orders]:visible", run: "click"},
    {
      trigger:
        ".o_backorder_receipt_orders tr:contains('Patient Customer'):contains('5')",
    },
    {trigger: "button[name=button_validate]", run: "click"},
    {trigger: ".o_arrow_button_current[data-value=done]"},
    {trigger: ".o_notebook a[name=allocated_orders]:visible", run: "click"},
    {
      content: "The order that got the stock opens from the receipt",
      trigger: ".o_backorder_receipt_orders button",
      run: "click",
    },
    {trigger: ".o_form_view .o_field_widget[name=order_line]"},
    ...openBackorders(),
    ...openMenu("orders", "menu_backorder_orders"),
    {
      content: "No order is backordered any more",
      trigger: ".o_view_nocontent_smiling_face:contains('No orders are on backorder')",
    },
  ],
});

tours.add("backorder_atp_request", {
  steps: () => [
    {trigger: ".o_data_row:contains('Patient Customer') td[name=name]", run: "click"},
    {trigger: ".o_form_view button[name=action_confirm]", run: "click"},
    {trigger: ".o_notification:contains('Pending Stock Approval')"},
    {trigger: ".alert:contains('exceeds the stock available to promise')"},
  ],
});

tours.add("backorder_atp_approve", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("orders", "menu_backorder_overrides"),
    {trigger: ".o_data_row button[name=action_open_approval]", run: "click"},
    {trigger: ".modal .o_data_row:contains('Protected'):contains('5.00')"},
    {trigger: ".modal .o_field_widget[name=reason] input", run: "edit worth it"},
    {trigger: ".modal button[name=action_approve]", run: "click"},
    {trigger: "body:not(:has(.modal)) .o_list_view"},
  ],
});

tours.add("backorder_atp_policy", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("configuration", "menu_stock_policy"),
    {
      trigger: ".o_data_row:contains('Protected') td[name=allow_backorder]",
      run: "click",
    },
    {
      trigger: ".o_selected_row .o_field_widget[name=allow_backorder] input",
      run: "click",
    },
    {trigger: ".o_select_menu_item:contains(/^Allowed/)", run: "click"},
    {trigger: ".o_list_button_save", run: "click"},
    {trigger: ".o_data_row td[name=allow_backorder]:contains(/^Allowed/)"},
  ],
});

tours.add("backorder_atp_reject_card", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("orders", "menu_backorder_overrides"),
    {trigger: ".o_switch_view.o_kanban", run: "click"},
    {
      trigger:
        ".o_kanban_record:contains('Protected: 2 of 5') button[name=action_open_rejection]",
      run: "click",
    },
    {trigger: ".modal .o_field_widget[name=reason] input", run: "edit too late"},
    {trigger: ".modal button[name=action_reject]", run: "click"},
    {
      content: "A notification leads to the order",
      trigger: ".o_notification:contains('Rejected') a",
    },
  ],
});

const OVERVIEW = ".o_backorder_overview";

tours.add("backorder_atp_scan", {
  steps: () => [
    ...openBackorders(),
    scan(OVERVIEW, "SCANNED-ORDER"),
    {
      content: "An order opens with what can be done for it",
      trigger:
        ".o_form_view:contains('SCANNED-ORDER') button[name=action_fulfil]:visible",
    },
    ...openBackorders(),
    scan(OVERVIEW, "SCANNED-RECEIPT"),
    {
      content: "A receipt opens with the orders that it serves",
      trigger: ".o_form_view .o_notebook a[name=backordered_orders]:visible",
      run: "click",
    },
    {
      trigger:
        ".o_backorder_receipt_orders tr:contains('SCANNED-ORDER'):contains('Patient Customer')",
    },
    ...openBackorders(),
    scan(OVERVIEW, "4006381333931"),
    {
      content: "A product opens its orders",
      trigger: ".o_breadcrumb:contains('Backorders: Backorderable')",
    },
    {trigger: ".o_data_row:contains('SCANNED-ORDER')"},
    ...openBackorders(),
    scan(OVERVIEW, "NONSENSE"),
    {
      content: "Something unknown is named, and nothing opens",
      trigger:
        ".o_notification:contains('Nothing found'):contains('No document or product has the number NONSENSE.')",
    },
    {trigger: OVERVIEW},
  ],
});

tours.add("backorder_atp_scan_as_viewer", {
  steps: () => [
    ...openBackorders(),
    scan(OVERVIEW, "SCANNED-RECEIPT"),
    {
      content: "Users who may not open the receipt see the orders that it serves",
      trigger: ".o_breadcrumb:contains('Backordered Orders of SCANNED-RECEIPT')",
    },
    {trigger: ".o_data_row:contains('SCANNED-ORDER')"},
    ...openBackorders(),
    {
      content: "A late receipt, too",
      trigger: "[data-section=receipts] .list-group-item button",
      run: "click",
    },
    {trigger: ".o_data_row:contains('SCANNED-ORDER')"},
  ],
});

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

function openInventory() {
  return [
    stepUtils.showAppsMenuItem(),
    {trigger: '.o_app[data-menu-xmlid="stock.menu_stock_root"]', run: "click"},
  ];
}

function openMenu(name) {
  return [
    {
      trigger: '[data-menu-xmlid="backorder_atp.menu_backorder_root"]',
      run: "click",
    },
    {trigger: `[data-menu-xmlid="backorder_atp.${name}"]`, run: "click"},
  ];
}

tours.add("backorder_atp_order", {
  steps: () => [
    {trigger: ".o_list_button_add", run: "click"},
    {
      trigger: ".o_field_widget[name=partner_id] input",
      run: "edit Patient Customer",
    },
    {
      trigger: ".o-autocomplete--dropdown-item:contains('Patient Customer')",
      run: "click",
    },
    {trigger: ".o_field_x2many_list_row_add a:contains('product')", run: "click"},
    {
      trigger: ".o_selected_row .o_field_widget[name=product_template_id] input",
      run: "edit Backorderable",
    },
    {
      trigger: ".o-autocomplete--dropdown-item:contains('Backorderable')",
      run: "click",
    },
    {
      trigger: ".o_selected_row .o_field_widget[name=product_uom_qty] input",
      run: "edit 5",
    },
    {trigger: ".o_form_view button[name=action_confirm]", run: "click"},
    {
      content: "The order is confirmed and says that it waits",
      trigger: ".o_field_widget[name=backorder_state]:contains('Backordered')",
    },
  ],
});

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
    {trigger: "button[name=button_validate]", run: "click"},
    {trigger: ".o_arrow_button_current[data-value=done], .o_list_view"},
    ...openMenu("menu_backorder_orders"),
    {
      content: "Nobody waits any more",
      trigger: ".o_view_nocontent_smiling_face:contains('No order waits')",
    },
  ],
});

tours.add("backorder_atp_ask", {
  steps: () => [
    {trigger: ".o_data_row:contains('Patient Customer') td[name=name]", run: "click"},
    {trigger: ".o_form_view button[name=action_confirm]", run: "click"},
    {trigger: ".o_notification:contains('Waiting for stock approval')"},
    {trigger: ".alert:contains('more than can be promised')"},
  ],
});

tours.add("backorder_atp_approve", {
  steps: () => [
    ...openInventory(),
    ...openMenu("menu_backorder_overrides"),
    {trigger: ".o_data_row button[name=action_open_approval]", run: "click"},
    {trigger: ".modal .o_data_row:contains('Protected'):contains('5.00')"},
    {trigger: ".modal .o_field_widget[name=reason] input", run: "edit worth it"},
    {trigger: ".modal button[name=action_approve]", run: "click"},
    {trigger: "body:not(:has(.modal)) .o_list_view"},
  ],
});

tours.add("backorder_atp_level", {
  steps: () => [
    ...openInventory(),
    ...openMenu("menu_stock_level"),
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

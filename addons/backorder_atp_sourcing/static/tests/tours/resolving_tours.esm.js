/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  openBackorders,
  openMenu,
} from "@backorder_atp/../tests/tours/backorder_tour_utils.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("backorder_atp_find_stock", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("availability", "menu_backorder_products"),
    {
      trigger:
        ".o_data_row:contains('Backorderable') button[name=action_open_transfer]",
      run: "click",
    },
    {trigger: ".modal .o_data_row:contains('North'):contains('15.00')"},
    {
      content: "Stock that is not counted, and the reason",
      trigger: ".modal .o_data_row:contains('In Quarantine'):contains('Cage')",
    },
    {trigger: ".modal button[name=action_transfer]", run: "click"},
    {
      content: "The transfer is shown",
      trigger:
        ".o_form_view .o_field_widget[name=move_ids] .o_data_row:contains('Backorderable'):contains('10.00')",
    },
  ],
});

tours.add("backorder_atp_substitute", {
  steps: () => [
    {trigger: ".o_data_row:contains('Patient Customer') td[name=name]", run: "click"},
    {
      trigger: ".o_field_widget[name=order_line] .o_line_promise",
      run: "click",
    },
    {
      trigger: ".o_line_promise_popover button[name=action_open_substitutes]",
      run: "click",
    },
    {
      trigger:
        ".modal .o_data_row:contains('Protected') button[name=action_substitute]",
      run: "click",
    },
    {
      trigger:
        "body:not(:has(.modal)) .o_field_widget[name=order_line] .o_data_row:contains('Instead of Backorderable')",
    },
  ],
});

const LATE = ".o_promise_outlook_line:contains('Backorderable')";
const SHORT = ".o_promise_outlook_line:contains('Protected')";

tours.add("backorder_atp_banner", {
  steps: () => [
    {trigger: ".o_data_row:contains('Patient Customer') td[name=name]", run: "click"},
    {
      content: "What comes later can be agreed on",
      trigger: `${LATE} .o_promise_outlook_accept`,
      run: "click",
    },
    {trigger: ".o_notification:contains('The delivery date is')"},
    {trigger: `${LATE}:contains('delivery date'):not(:has(.o_promise_outlook_accept))`},
    {
      content: "What is in another warehouse ships from there",
      trigger: `${SHORT} .o_promise_outlook_choice[data-kind=warehouse]:contains('North')`,
      run: "click",
    },
    {trigger: `.o_promise_outlook:not(:has(${SHORT}))`},
    {
      content: "A quantity that is typed is saved before its day is agreed on",
      trigger:
        ".o_field_widget[name=order_line] .o_data_row:contains('Backorderable') td[name=product_uom_qty]",
      run: "click",
    },
    {
      trigger: ".o_selected_row .o_field_widget[name=product_uom_qty] input",
      run: "edit 8 && press Tab",
    },
    {trigger: `${LATE}:contains('8') .o_promise_outlook_accept`, run: "click"},
    {trigger: `${LATE}:contains('8'):not(:has(.o_promise_outlook_accept))`},
  ],
});

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

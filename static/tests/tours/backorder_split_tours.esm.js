/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  openBackorders,
  openMenu,
} from "@backorder_atp/../tests/tours/backorder_tour_utils.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function openBoard() {
  return [...openBackorders(), ...openMenu("orders", "menu_backorder_orders")];
}

tours.add("backorder_atp_split", {
  steps: () => [
    ...openBoard(),
    {
      trigger:
        ".o_data_row:contains('Patient Customer') button[name=action_open_split]",
      run: "click",
    },
    {
      content: "Available items ship",
      trigger: ".modal [name=ship_line_ids] .o_data_row:contains('2.00')",
    },
    {
      content: "Missing items are split off",
      trigger: ".modal [name=backorder_line_ids] .o_data_row:contains('3.00')",
    },
    {trigger: ".modal button[name=action_split]", run: "click"},
    {
      content: "Nothing happens without the customer's agreement",
      trigger: ".modal .modal-body:contains('Ask the customer first')",
    },
    {
      trigger: ".modal:contains('Ask the customer first') .btn-primary",
      run: "click",
    },
    {trigger: ".modal [name=split_lines] input", run: "uncheck"},
    {
      content: "Undivided, the whole line is split off",
      trigger: ".modal [name=backorder_line_ids] .o_data_row:contains('5.00')",
    },
    {trigger: ".modal [name=split_lines] input", run: "check"},
    {trigger: ".modal [name=backorder_line_ids] .o_data_row:contains('3.00')"},
    {trigger: ".modal [name=customer_agreed] input", run: "check"},
    {trigger: ".modal button[name=action_split]", run: "click"},
    {trigger: ".o_notification:contains('is split')"},
    {
      trigger:
        "body:not(:has(.modal)) .o_data_row td[name=backorder_shortage_qty]:contains('3.00')",
    },
  ],
});

tours.add("backorder_atp_merge", {
  steps: () => [
    ...openBoard(),
    {trigger: ".o_data_row:contains('Patient Customer') td[name=name]", run: "click"},
    {trigger: "button[name=action_view_backorder_parent]", run: "click"},
    {trigger: "button[name=action_view_backorder_children]", run: "click"},
    {trigger: "button[name=merge_backorder]", run: "click"},
    {trigger: ".modal button:contains('Ok')", run: "click"},
    {
      content: "The original order has all items again",
      trigger: ".o_form_view .o_data_row:contains('Backorderable'):contains('5.00')",
    },
    {trigger: "button[name=action_open_split]"},
  ],
});

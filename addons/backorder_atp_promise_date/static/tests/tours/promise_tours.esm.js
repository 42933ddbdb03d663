/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {sellBeyondStock} from "@backorder_atp/../tests/tours/backorder_tour_utils.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("backorder_atp_promise", {
  steps: () => [
    ...sellBeyondStock(),
    {
      content: "Open the promise of the line",
      trigger: ".o_field_widget[name=order_line] .o_line_promise",
      run: "click",
    },
    {
      content: "It shows how much is short",
      trigger: ".o_line_promise_popover td.text-danger:contains('5')",
    },
  ],
});

tours.add("backorder_atp_time_line", {
  steps: () => [
    {trigger: ".nav-link[name=order_timeline]", run: "click"},
    {trigger: ".o_order_timeline_point[data-kind=receipt]"},
    {trigger: ".o_order_timeline_toggle", run: "click"},
    {
      content: "The table opens the receipt",
      trigger: ".o_order_timeline tr[data-kind=receipt] button",
      run: "click",
    },
    {trigger: ".o_form_view .o_field_widget[name=picking_type_id]"},
  ],
});

tours.add("backorder_atp_projection_chart", {
  steps: () => [
    {trigger: ".nav-link[name=inventory]", run: "click"},
    {trigger: "button[name=action_explain]", run: "click"},
    {
      content: "The chart of the next days stands below the figures",
      trigger: ".modal .o_backorder_projection_chart canvas",
    },
    {
      trigger: ".modal .o_backorder_projection_chart button:contains('Show table')",
      run: "click",
    },
    {
      content: "The table names the order that takes the stock",
      trigger: ".modal .o_backorder_projection_chart td button:contains('S')",
      run: "click",
    },
    {trigger: ".o_form_view .o_field_widget[name=order_line]"},
  ],
});

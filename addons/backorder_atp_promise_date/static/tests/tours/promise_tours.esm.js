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

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("backorder_atp_promise", {
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
    {
      content: "Ask the line about its promise",
      trigger: ".o_field_widget[name=order_line] .o_line_promise",
      run: "click",
    },
    {
      content: "The line says how much is short",
      trigger: ".o_line_promise_popover td.text-danger:contains('5')",
    },
  ],
});

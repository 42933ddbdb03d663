/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  openBackorders,
  openMenu,
} from "@backorder_atp/../tests/tours/backorder_tour_utils.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("backorder_atp_emergency_purchase", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("availability", "menu_backorder_products"),
    {
      trigger:
        ".o_data_row:contains('Backorderable') button[name=action_open_purchase]",
      run: "click",
    },
    {
      content: "The proposal: 10 short, nothing on order, 12 to buy",
      trigger:
        ".modal .o_data_row:contains('Backorderable'):contains('10.00'):contains('12.00')",
    },
    {trigger: ".modal .o_data_row:contains('Slow Vendor')"},
    {trigger: ".modal button[name=action_buy]", run: "click"},
    {
      content: "The request for quotation is shown, urgent",
      trigger:
        ".o_form_view .o_field_widget[name=partner_id] input:value('Slow Vendor')",
    },
    {trigger: ".o_form_view .o_priority_star.fa-star"},
  ],
});

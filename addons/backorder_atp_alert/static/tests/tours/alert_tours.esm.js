/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  openBackorders,
  openMenu,
} from "@backorder_atp/../tests/tours/backorder_tour_utils.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("backorder_atp_alerts", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("allocation", "backorder_atp_alert.menu_backorder_alerts"),
    {
      content: "The alerts of a product stand together",
      trigger: ".o_group_header:contains('Backorderable')",
      run: "click",
    },
    {trigger: ".o_data_row:contains('Backorderable'):contains('Insufficient Supply')"},
    {
      trigger: ".o_data_row:contains('Insufficient Supply') td[name=product_id]",
      run: "click",
    },
    {
      trigger:
        ".o_form_view .o_field_widget[name=recommendation]:contains('Buy at least 10 Units')",
    },
    {trigger: ".o_form_view button[name=action_open_purchase]", run: "click"},
    {trigger: ".modal .o_data_row:contains('Backorderable')"},
    {trigger: ".modal button.btn-secondary:contains('Close')", run: "click"},
    {trigger: "body:not(:has(.modal)) .o_form_view"},
  ],
});

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

function openBackorders(menu) {
  return [
    stepUtils.showAppsMenuItem(),
    {trigger: '.o_app[data-menu-xmlid="stock.menu_stock_root"]', run: "click"},
    {
      trigger: '[data-menu-xmlid="backorder_atp.menu_backorder_root"]',
      run: "click",
    },
    {trigger: `[data-menu-xmlid="${menu}"]`, run: "click"},
  ];
}

tours.add("backorder_atp_alerts", {
  steps: () => [
    ...openBackorders("backorder_atp_alert.menu_backorder_alerts"),
    {trigger: ".o_data_row:contains('Backorderable'):contains('Supply Insufficient')"},
    {
      trigger: ".o_data_row:contains('Supply Insufficient') td[name=product_id]",
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

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

function openMenu(xmlid) {
  return [
    {
      trigger: '[data-menu-xmlid="backorder_atp.menu_backorder_root"]',
      run: "click",
    },
    {trigger: `[data-menu-xmlid="${xmlid}"]`, run: "click"},
  ];
}

tours.add("backorder_atp_job_background", {
  steps: () => [
    stepUtils.showAppsMenuItem(),
    {trigger: '.o_app[data-menu-xmlid="stock.menu_stock_root"]', run: "click"},
    ...openMenu("backorder_atp.menu_backorder_orders"),
    {trigger: ".o_data_row:contains('Patient Customer')"},
    {trigger: "button[name=action_fulfil_all]", run: "click"},
    {
      content: "A dialog follows the job; it may be closed",
      trigger: ".modal .o_backorder_job_progress:contains('0 of 2')",
    },
    {trigger: ".modal .btn-close", run: "click"},
    {trigger: "body:not(:has(.modal))"},
    ...openMenu("backorder_atp_job.menu_backorder_jobs"),
    {trigger: ".o_data_row td[name=operation]:contains('Fulfil')", run: "click"},
    {trigger: ".o_form_view .o_field_widget[name=order_count]:contains('2')"},
  ],
});

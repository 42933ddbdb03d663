/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  openBackorders,
  openMenu,
} from "@backorder_atp/../tests/tours/backorder_tour_utils.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("backorder_atp_job_background", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("orders", "backorder_atp.menu_backorder_orders"),
    {trigger: ".o_data_row:contains('Patient Customer')"},
    {trigger: "button[name=action_fulfil_all]", run: "click"},
    {
      content: "A dialog shows the progress; it can be closed",
      trigger: ".modal .o_backorder_job_progress:contains('0 of 2')",
    },
    {trigger: ".modal .btn-close", run: "click"},
    {trigger: "body:not(:has(.modal))"},
    ...openMenu("configuration", "backorder_atp_job.menu_backorder_jobs"),
    {trigger: ".o_data_row td[name=operation]:contains('Fulfil')", run: "click"},
    {trigger: ".o_form_view .o_field_widget[name=order_count]:contains('2')"},
  ],
});

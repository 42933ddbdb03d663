/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  openBackorders,
  openMenu,
  scan,
} from "@backorder_atp/../tests/tours/backorder_tour_utils.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("backorder_atp_board", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("availability", "menu_backorder_products"),
    {trigger: ".o_data_row:contains('Backorderable')"},
    ...openMenu("orders", "menu_backorder_orders"),
    {trigger: ".o_data_row:contains('Patient Customer'):contains('Backordered')"},
    {
      content: "A figure of the board opens the records it counts",
      trigger: ".o_backorder_board [data-figure=products_short]:contains('1')",
      run: "click",
    },
    {
      trigger: ".o_breadcrumb:contains('Products Short')",
    },
    {
      trigger: ".o_backorder_board [data-figure=orders_on_hold]:contains('0')",
      run: "click",
    },
    {
      content: "A figure also opens its records from another list",
      trigger:
        ".o_searchview:not(:contains('Backorders')) .o_facet_value:contains('On Hold')",
    },
    {
      trigger: ".o_backorder_board [data-figure=orders_backordered]:contains('1')",
      run: "click",
    },
    {
      content: "The orders on backorder are filtered",
      trigger: ".o_facet_value:contains('Backorders')",
    },
    {
      trigger: ".o_backorder_board [data-figure=orders_on_hold]:contains('0')",
      run: "click",
    },
    {
      content: "In the same list, the figure replaces the filter",
      trigger:
        ".o_searchview:not(:contains('Backorders')) .o_facet_value:contains('On Hold')",
    },
    {trigger: ".o_searchview .o_facet_remove", run: "click"},
    {trigger: ".o_data_row:contains('Patient Customer')"},
    {trigger: "button[name=action_fulfil_all]", run: "click"},
    {
      content: "The result shows the number of fulfilled orders",
      trigger: ".o_notification:contains('1 fulfilled, 0 still backordered')",
    },
    {trigger: ".o_view_nocontent_smiling_face:contains('No orders are on backorder')"},
    {
      content: "The board is refreshed",
      trigger: ".o_backorder_board [data-figure=orders_backordered]:contains('0')",
    },
    ...openMenu("reporting", "menu_backorder_events"),
    {trigger: ".o_data_row:contains('Backorder Resolved')"},
  ],
});

const LIST = ".o_backorder_board ~ .o_list_renderer";
const CARDS = ".o_backorder_board ~ .o_kanban_renderer";

tours.add("backorder_atp_board_scan", {
  steps: () => [
    ...openBackorders(),
    ...openMenu("orders", "menu_backorder_orders"),
    scan(LIST, "SCANNED-RECEIPT"),
    {trigger: ".o_form_view .o_notebook a[name=backordered_orders]:visible"},
    {trigger: ".o_back_button", run: "click"},
    scan(LIST, "NONSENSE"),
    {
      trigger:
        ".o_notification:contains('No document or product has the number NONSENSE')",
    },
    {trigger: ".o_switch_view.o_kanban", run: "click"},
    scan(CARDS, "SCANNED-ORDER"),
    {
      trigger:
        ".o_form_view:contains('SCANNED-ORDER') button[name=action_fulfil]:visible",
    },
    ...openBackorders(),
    ...openMenu("availability", "menu_backorder_products"),
    scan(LIST, "4006381333931"),
    {trigger: ".o_breadcrumb:contains('Backorders: Backorderable')"},
  ],
});

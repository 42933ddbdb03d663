/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function openOrder(name) {
  return [
    {
      content: "The list shows which order is on backorder",
      trigger: `tr:contains(${name}):contains(Backordered) a:contains(${name})`,
      run: "click",
      expectUnloadPage: true,
    },
    {
      content: "The order shows the backordered items and quantities",
      trigger: ".o_backorder_item:contains(Backorderable):contains(3.00)",
    },
  ];
}

tours.add("backorder_atp_portal_wait", {
  steps: () => [
    ...openOrder("PORTAL-WAIT"),
    {
      trigger: "#backorder_items button:contains(I will wait)",
      run: "click",
      expectUnloadPage: true,
    },
    {trigger: ".alert-success:contains(We will keep your order as it is)"},
    {trigger: "#backorder_items:contains(You told us on)"},
    {trigger: "#backorder_items:not(:contains(I will wait))"},
  ],
});

tours.add("backorder_atp_portal_split", {
  steps: () => [
    ...openOrder("PORTAL-SPLIT"),
    {
      trigger: "#backorder_items a:contains(Ship available items)",
      run: "click",
      expectUnloadPage: true,
    },
    {
      content: "The quantities that ship now and later are shown first",
      trigger: "tr:contains(Backorderable):contains(2.00):contains(3.00)",
    },
    {
      content: "The customer can go back",
      trigger: "a:contains(Back to the order)",
      run: "click",
      expectUnloadPage: true,
    },
    {
      trigger: "#backorder_items a:contains(Ship available items)",
      run: "click",
      expectUnloadPage: true,
    },
    {
      trigger: "button:contains(Ship available items)",
      run: "click",
      expectUnloadPage: true,
    },
    {trigger: ".alert-success:contains(The available items will ship now) a"},
    {trigger: "#backorder_items:contains(Nothing is on backorder)"},
    {
      content: "The rest is on a separate order",
      trigger: ".alert-success:contains(The available items will ship now) a",
      run: "click",
      expectUnloadPage: true,
    },
    {trigger: ".o_backorder_item:contains(Backorderable):contains(3.00)"},
  ],
});

tours.add("backorder_atp_portal_cancel", {
  steps: () => [
    ...openOrder("PORTAL-CANCEL"),
    {
      trigger: "#backorder_items a:contains(Cancel backordered items)",
      run: "click",
      expectUnloadPage: true,
    },
    {
      content: "The amount not charged is shown first",
      trigger: "tfoot:contains(Not charged):contains(30.00)",
    },
    {
      trigger: "button:contains(Cancel these items)",
      run: "click",
      expectUnloadPage: true,
    },
    {trigger: ".alert-success:contains(You will not be charged)"},
    {trigger: "#backorder_items:contains(Nothing is on backorder)"},
  ],
});

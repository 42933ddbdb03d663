/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function openOrder(name) {
  return [
    {
      content: "The list says which order waits",
      trigger: `tr:contains(${name}):contains(Waiting) a:contains(${name})`,
      run: "click",
      expectUnloadPage: true,
    },
    {
      content: "The order says what waits and how much",
      trigger: ".o_waiting_item:contains(Backorderable):contains(3.00)",
    },
  ];
}

tours.add("backorder_atp_portal_wait", {
  steps: () => [
    ...openOrder("PORTAL-WAIT"),
    {
      trigger: "#waiting_items button:contains(I wait)",
      run: "click",
      expectUnloadPage: true,
    },
    {trigger: ".alert-success:contains(We keep your order as it is)"},
    {trigger: "#waiting_items:contains(You told us on)"},
    {trigger: "#waiting_items:not(:contains(I wait))"},
  ],
});

tours.add("backorder_atp_portal_split", {
  steps: () => [
    ...openOrder("PORTAL-SPLIT"),
    {
      trigger: "#waiting_items a:contains(Ship what is ready)",
      run: "click",
      expectUnloadPage: true,
    },
    {
      content: "What ships now and later is shown before it is done",
      trigger: "tr:contains(Backorderable):contains(2.00):contains(3.00)",
    },
    {
      content: "Second thoughts lead back",
      trigger: "a:contains(Back to the order)",
      run: "click",
      expectUnloadPage: true,
    },
    {
      trigger: "#waiting_items a:contains(Ship what is ready)",
      run: "click",
      expectUnloadPage: true,
    },
    {
      trigger: "button:contains(Ship what is ready)",
      run: "click",
      expectUnloadPage: true,
    },
    {trigger: ".alert-success:contains(What is ready ships now) a"},
    {trigger: "#waiting_items:contains(Nothing is waiting)"},
    {
      content: "The rest is an order of its own",
      trigger: ".alert-success:contains(What is ready ships now) a",
      run: "click",
      expectUnloadPage: true,
    },
    {trigger: ".o_waiting_item:contains(Backorderable):contains(3.00)"},
  ],
});

tours.add("backorder_atp_portal_cancel", {
  steps: () => [
    ...openOrder("PORTAL-CANCEL"),
    {
      trigger: "#waiting_items a:contains(Cancel what waits)",
      run: "click",
      expectUnloadPage: true,
    },
    {
      content: "What is not charged is shown before it is cancelled",
      trigger: "tfoot:contains(Not charged):contains(30.00)",
    },
    {
      trigger: "button:contains(Cancel these items)",
      run: "click",
      expectUnloadPage: true,
    },
    {trigger: ".alert-success:contains(Nothing of it is charged)"},
    {trigger: "#waiting_items:contains(Nothing is waiting)"},
  ],
});

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {registry} from "@web/core/registry";

const openProduct = (name) => ({
  content: `Open ${name}`,
  trigger: `.oe_product_cart a:contains("${name}")`,
  run: "click",
  expectUnloadPage: true,
});

registry.category("web_tour.tours").add("backorder_atp_shop", {
  steps: () => [
    openProduct("Touring Trailer"),
    {
      content: "Three are in stock, without further messages",
      trigger: '#threshold_message:contains("3")',
    },
    {
      content: "Ask for five",
      trigger: 'input[name="add_qty"]',
      run: "edit 5 && press Tab",
    },
    {
      content: "Read when the rest comes",
      trigger: '#shop_promise_message:contains("3 in stock, the rest from")',
    },
    {
      content: "Buy them",
      trigger: "#add_to_cart",
      run: "click",
    },
    {
      content: "Five are in the cart",
      trigger: '.my_cart_quantity:contains("5")',
    },
    {
      content: "Look for the other product",
      trigger: "body",
      run: () => {
        window.location.href = "/shop?search=Brass Bell";
      },
      expectUnloadPage: true,
    },
    openProduct("Brass Bell"),
    {
      content: "Three are left",
      trigger: '#threshold_message:contains("3")',
    },
    {
      content: "Ask for five",
      trigger: 'input[name="add_qty"]',
      run: "edit 5 && press Tab",
    },
    {
      content: "Get three",
      trigger: 'input[name="add_qty"]:value(3)',
    },
    {
      content: "Buy them",
      trigger: "#add_to_cart",
      run: "click",
    },
    {
      content: "All of them are in the cart now",
      trigger: "#already_in_cart_message",
    },
    {
      content: "Go to the cart",
      trigger: "body",
      run: () => {
        window.location.href = "/shop/cart";
      },
      expectUnloadPage: true,
    },
    {
      content: "The line says when the rest comes",
      trigger: '[name="o_shop_promise"]:contains("3 in stock, the rest from")',
    },
  ],
});

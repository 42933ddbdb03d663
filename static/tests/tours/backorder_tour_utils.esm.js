/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {stepUtils} from "@web_tour/tour_utils";

export function openInventory() {
  return [
    stepUtils.showAppsMenuItem(),
    {trigger: '.o_app[data-menu-xmlid="stock.menu_stock_root"]', run: "click"},
  ];
}

/** Open the application Backorders. */
export function openBackorders() {
  return [
    stepUtils.showAppsMenuItem(),
    {
      trigger: '.o_app[data-menu-xmlid="backorder_atp.menu_backorder_root"]',
      run: "click",
    },
    {trigger: ".o_backorder_overview"},
  ];
}

/**
 * Open an entry of the menu of the application Backorders.
 *
 * @param {String} section of the menu, e.g. `orders`
 * @param {String} name of the entry: of the root, or as `addon.name`
 */
export function openMenu(section, name) {
  const xmlId = name.includes(".") ? name : `backorder_atp.${name}`;
  return [
    {
      trigger: `.o_menu_sections [data-menu-xmlid="backorder_atp.menu_backorder_section_${section}"]`,
      run: "click",
    },
    {trigger: `.o-dropdown--menu [data-menu-xmlid="${xmlId}"]`, run: "click"},
  ];
}

/**
 * Scan a barcode: a scanner types it where the cursor is.
 *
 * @param {String} trigger of the screen that takes it
 * @param {String} barcode
 */
export function scan(trigger, barcode) {
  return {
    content: `Scan ${barcode}`,
    trigger,
    run() {
      for (const key of [...barcode, "Enter"]) {
        document.activeElement.dispatchEvent(
          new KeyboardEvent("keydown", {key, bubbles: true})
        );
      }
    },
  };
}

/** Sell five of what there is none of, from the list of quotations. */
export function sellBeyondStock() {
  return [
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
      content: "The order is confirmed as backordered",
      trigger: ".o_field_widget[name=backorder_state]:contains('Backordered')",
    },
  ];
}

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {onWillDestroy} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";

// However much changes, an open screen asks again at most once in so many ms.
const REFRESH_DELAY = 1500;

/**
 * Refresh a component some time after something has changed, once for all changes.
 *
 * @param {Function} refresh called after the delay, not if the component is destroyed
 * @returns {Function} to call at each change
 */
export function useDelayedRefresh(refresh) {
  let timer = null;
  onWillDestroy(() => browser.clearTimeout(timer));
  return () => {
    timer ||= browser.setTimeout(() => {
      timer = null;
      return refresh();
    }, REFRESH_DELAY);
  };
}

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {useBus, useService} from "@web/core/utils/hooks";

/** Open what is scanned while the calling component is shown. */
export function useBackorderBarcode() {
  const action = useService("action");
  const orm = useService("orm");
  const {bus} = useService("barcode");
  let isBusy = false;
  useBus(bus, "barcode_scanned", async ({detail: {barcode}}) => {
    // A dialog on top takes its own scans; scanners repeat themselves.
    if (isBusy || document.querySelector(".modal.show, .o_dialog")) {
      return;
    }
    isBusy = true;
    try {
      const found = await orm.call("backorder.overview", "open_scanned", [barcode]);
      await action.doAction(found);
    } finally {
      isBusy = false;
    }
  });
}

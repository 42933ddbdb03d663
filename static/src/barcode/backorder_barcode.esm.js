/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {useBus, useService} from "@web/core/utils/hooks";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {useEnv} from "@odoo/owl";

/**
 * Open what is scanned while the calling component is shown.
 *
 * @returns {Object} whether it `hasCamera`, and a function to `scanWithCamera`
 */
export function useBackorderBarcode() {
  const env = useEnv();
  const action = useService("action");
  const orm = useService("orm");
  const {bus} = useService("barcode");
  let isBusy = false;

  async function open(barcode) {
    if (isBusy) {
      return;
    }
    isBusy = true;
    try {
      const found = await orm.call("backorder.overview", "open_scanned", [barcode]);
      await action.doAction(found);
    } finally {
      isBusy = false;
    }
  }

  async function scanWithCamera() {
    await open(await scanBarcode(env));
  }

  useBus(bus, "barcode_scanned", ({detail: {barcode}}) => {
    // A dialog on top takes its own scans; scanners repeat themselves.
    if (!document.querySelector(".modal.show, .o_dialog")) {
      open(barcode);
    }
  });
  return {hasCamera: isBarcodeScannerSupported(), scanWithCamera};
}

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {useService} from "@web/core/utils/hooks";

/**
 * Return a function that opens the form of a record.
 *
 * @returns {Function} called with the name of the model and the id of the record
 */
export function useOpenRecord() {
  const action = useService("action");
  return (model, id) =>
    action.doAction({
      type: "ir.actions.act_window",
      res_model: model,
      res_id: id,
      views: [[false, "form"]],
    });
}

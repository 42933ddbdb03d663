/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {AvailabilityExplanation} from "@backorder_atp/availability_explanation/availability_explanation.esm";
import {patch} from "@web/core/utils/patch";

patch(AvailabilityExplanation.prototype, {
  /** Continue with who gets the next receipt, in the same warehouse. */
  async openQueue({product_id, warehouse_id}) {
    const action = await this.orm.call(
      "product.product",
      "action_view_queue",
      [[product_id]],
      {context: {warehouse_id}}
    );
    return this.action.doAction(action);
  },
});

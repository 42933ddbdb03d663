/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {BackorderOverview} from "@backorder_atp/overview/backorder_overview.esm";
import {patch} from "@web/core/utils/patch";
import {useBackorderChanges} from "./backorder_board.esm";

patch(BackorderOverview.prototype, {
  setup() {
    super.setup();
    useBackorderChanges(this.scheduleRefresh);
  },
});

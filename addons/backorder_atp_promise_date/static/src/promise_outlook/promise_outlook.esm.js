/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {PromiseOutlookField} from "@backorder_atp/promise_outlook/promise_outlook.esm";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

patch(PromiseOutlookField.prototype, {
  getDetails(line) {
    return [this.getDay(line), ...super.getDetails(line)];
  },

  getDay({date, is_covered: isCovered}) {
    if (!date) {
      return _t("no date: no supply is planned");
    }
    const day = formatDate(deserializeDate(date));
    return isCovered ? _t("can be promised for %s", day) : _t("expected on %s", day);
  },
});

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {deserializeDate} from "@web/core/l10n/dates";
import {PromiseOutlookField} from "@backorder_atp/promise_outlook/promise_outlook.esm";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";
import {useService} from "@web/core/utils/hooks";
import {useState} from "@odoo/owl";
import {formatDate} from "@web/views/fields/formatters";

/** The day of each short line, which can become the delivery date of the order. */
patch(PromiseOutlookField.prototype, {
  setup() {
    super.setup(...arguments);
    this.orm = useService("orm");
    this.action = useService("action");
    this.progress = useState({isBusy: false});
  },

  /** The day follows the quantity. */
  getDetails(line) {
    const details = super.getDetails(line);
    details.splice(line.missing ? 1 : 0, 0, this.getDay(line));
    return details;
  },

  getDay({date, is_agreed: isAgreed, is_covered: isCovered}) {
    if (!date) {
      return _t("no date: no supply is planned");
    }
    const day = this.formatDay(date);
    if (isAgreed) {
      return isCovered
        ? _t("can be promised for the delivery date, %s", day)
        : _t("expected by the delivery date, %s", day);
    }
    return isCovered ? _t("can be promised for %s", day) : _t("expected on %s", day);
  },

  formatDay(date) {
    return formatDate(deserializeDate(date));
  },

  getAcceptLabel({date}) {
    return _t("Set delivery date to %s", this.formatDay(date));
  },

  /** Make the day of `line` the delivery date; what was typed is saved before. */
  async acceptDay(line) {
    const {record} = this.props;
    const index = this.outlook.lines.indexOf(line);
    await this.execute(async () => {
      if (!(await record.save())) {
        return;
      }
      // An unsaved line has got its id.
      const saved = this.outlook?.lines[index];
      if (saved) {
        await this.callLine(saved.key, "action_accept_promise_date", line.date);
      }
    });
  },

  /** Call a method of an order line, and carry out the action that it returns. */
  async callLine(key, method, ...args) {
    const next = await this.orm.call("sale.order.line", method, [
      [Number(key)],
      ...args,
    ]);
    await this.action.doAction(next);
  },

  /** Disable the buttons while `task` runs. */
  async execute(task) {
    this.progress.isBusy = true;
    try {
      await task();
    } finally {
      this.progress.isBusy = false;
    }
  },
});

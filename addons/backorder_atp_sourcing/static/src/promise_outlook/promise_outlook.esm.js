/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  PromiseOutlookField,
  promiseOutlookField,
} from "@backorder_atp/promise_outlook/promise_outlook.esm";
import {onWillUnmount, useEffect, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {patch} from "@web/core/utils/patch";

const ICONS = {
  warehouse: "fa-building-o",
  split: "fa-code-fork",
  substitute: "fa-exchange",
  transfer: "fa-truck",
};

/** The best way out for each short line, once the order is saved. */
patch(PromiseOutlookField.prototype, {
  setup() {
    super.setup(...arguments);
    this.choices = useState({byLine: {}});
    useEffect(
      () => {
        this.loadAlternatives();
      },
      () => [this.props.record.resId, this.needsSaving, JSON.stringify(this.outlook)]
    );
    onWillUnmount(() => {
      this.isGone = true;
    });
  },

  get hasAlternatives() {
    return Boolean(this.props.record.data.has_alternatives);
  },

  get needsSaving() {
    return this.props.record.isNew || this.props.record.dirty;
  },

  async loadAlternatives() {
    const {resId} = this.props.record;
    if (!this.outlook || !this.hasAlternatives || this.needsSaving) {
      this.choices.byLine = {};
      return;
    }
    const found = await this.orm.silent.call("sale.order", "get_promise_alternatives", [
      [resId],
    ]);
    if (this.isGone || this.props.record.resId !== resId) {
      return;
    }
    const byLine = {};
    for (const row of found[resId] || []) {
      if (row.line_id && !row.is_original && ICONS[row.kind] && row.may_choose) {
        byLine[row.line_id] = byLine[row.line_id] || [];
        // The best of each kind: they are sorted by the rule of the company.
        if (!byLine[row.line_id].some(({kind}) => kind === row.kind)) {
          byLine[row.line_id].push(row);
        }
      }
    }
    this.choices.byLine = byLine;
  },

  getChoices(line) {
    return this.choices.byLine[line.key] || [];
  },

  getChoiceIcon({kind}) {
    return ICONS[kind];
  },

  /** What it brings: the day of everything, or else how much there is in time. */
  getChoiceLabel({description, date, is_covered: isCovered, ...row}) {
    if (date && isCovered) {
      const day = this.formatDay(date);
      return _t("%(alternative)s, %(day)s", {alternative: description, day});
    }
    return _t("%(alternative)s, %(quantity)s of %(all)s", {
      alternative: description,
      quantity: formatFloat(row.on_time_qty, {trailingZeros: false}),
      all: formatFloat(row.quantity, {trailingZeros: false}),
    });
  },

  /** Save what was typed; the alternatives follow. */
  saveForAlternatives() {
    return this.props.record.save();
  },

  compareAlternatives() {
    const {record} = this.props;
    return this.action.doActionButton({
      type: "object",
      name: "action_open_alternatives",
      resModel: record.resModel,
      resId: record.resId,
      resIds: [record.resId],
      onClose: () => record.load(),
    });
  },

  choose(row) {
    return this.execute(() =>
      this.callLine(
        row.line_id,
        "action_choose_alternative",
        row.kind,
        row.product_id,
        row.warehouse_id,
        row.source_id || 0
      )
    );
  },
});

patch(promiseOutlookField, {
  fieldDependencies: [
    ...(promiseOutlookField.fieldDependencies || []),
    {name: "has_alternatives", type: "boolean"},
  ],
});

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";
import {deserializeDate} from "@web/core/l10n/dates";
import {ChartSwitch} from "@backorder_atp/chart_switch/chart_switch.esm";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {formatDate, formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {useOpenRecord} from "@backorder_atp/open_record.esm";
import {useService} from "@web/core/utils/hooks";

const OUTCOMES = ["worse", "better", "same"];
const ICONS = {
  worse: "fa-arrow-down",
  better: "fa-arrow-up",
  same: "fa-minus",
};

/** Who wins and who loses by a run: before and after, line by line. */
export class RunComparison extends Component {
  static template = "backorder_atp_run.RunComparison";
  static props = {runId: Number, version: String, currencyId: Number};

  setup() {
    this.orm = useService("orm");
    this.openRecord = useOpenRecord();
    this.outcomes = OUTCOMES;
    this.icons = ICONS;
    this.state = useState({
      comparison: null,
      shown: {worse: true, better: true, same: false},
    });
    onWillStart(() => this.load(this.props));
    onWillUpdateProps((next) => {
      if (next.runId !== this.props.runId || next.version !== this.props.version) {
        return this.load(next);
      }
    });
  }

  async load({runId}) {
    this.state.comparison = await this.orm.call("backorder.run", "get_comparison", [
      [runId],
    ]);
  }

  get labels() {
    return {worse: _t("Worse Off"), better: _t("Better Off"), same: _t("Unchanged")};
  }

  get totals() {
    return this.state.comparison.totals;
  }

  get rows() {
    return this.state.comparison.rows.filter(({outcome}) => this.state.shown[outcome]);
  }

  toggle(outcome) {
    this.state.shown[outcome] = !this.state.shown[outcome];
  }

  formatQuantity(quantity) {
    return formatFloat(quantity, {trailingZeros: false});
  }

  formatChange(change) {
    const amount = this.formatQuantity(Math.abs(change));
    return change < 0 ? `−${amount}` : `+${amount}`;
  }

  formatValue(value) {
    return formatMonetary(value, {currencyId: this.props.currencyId});
  }

  getWidth(row, quantity) {
    return `width: ${row.quantity ? Math.min(100, (100 * quantity) / row.quantity) : 0}%`;
  }

  formatDay(day) {
    return day ? formatDate(deserializeDate(day)) : _t("no date");
  }

  /** How the day on which everything is ready moves. */
  getDateText({date_before, date_after}) {
    const after = this.formatDay(date_after);
    if (date_before === date_after) {
      return _t("Ready: %s", after);
    }
    const text = _t("Ready: %(before)s → %(after)s", {
      before: this.formatDay(date_before),
      after,
    });
    if (!date_before || !date_after) {
      return text;
    }
    const {days} = deserializeDate(date_after)
      .diff(deserializeDate(date_before), "days")
      .toObject();
    const distance =
      days > 0
        ? _t("%s days later", days)
        : _t("%s days sooner", Math.abs(Math.round(days)));
    return `${text} (${distance})`;
  }

  open(row) {
    return this.openRecord("sale.order", row.order_id);
  }
}

/** The lines of a run: as a picture of before and after, with the list as its table. */
export class RunLinesField extends X2ManyField {
  static template = "backorder_atp_run.RunLinesField";
  static components = {...X2ManyField.components, ChartSwitch, RunComparison};

  setup() {
    super.setup();
    this.display = useState({isTable: false});
  }

  get comparisonProps() {
    const {resId, data} = this.props.record;
    return {
      runId: resId,
      version: `${data.simulated_date}-${data.state}`,
      currencyId: data.currency_id.id,
    };
  }
}

registry.category("fields").add("backorder_run_lines", {
  ...x2ManyField,
  component: RunLinesField,
});

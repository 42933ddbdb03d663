/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDate, deserializeDateTime} from "@web/core/l10n/dates";
import {ChartSwitch} from "@backorder_atp/chart_switch/chart_switch.esm";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useOpenRecord} from "@backorder_atp/open_record.esm";
import {useService} from "@web/core/utils/hooks";
import {formatDate} from "@web/views/fields/formatters";

/** Who gets what of the stock and of the next receipts, in the order of the queue. */
export class ProductQueue extends Component {
  static template = "backorder_atp_promise_date.ProductQueue";
  static components = {ChartSwitch};
  static props = {...standardActionServiceProps};

  setup() {
    this.orm = useService("orm");
    this.openRecord = useOpenRecord();
    const {products, warehouses} = this.props.action.params;
    Object.assign(this, {products, warehouses});
    this.state = useState({
      isTable: false,
      productId: products[0]?.id,
      warehouseId: warehouses[0]?.id,
      queue: null,
    });
    onWillStart(() => this.load());
  }

  async load() {
    const {productId, warehouseId} = this.state;
    if (productId && warehouseId) {
      this.state.queue = await this.orm.call("stock.availability", "get_queue_chart", [
        productId,
        warehouseId,
      ]);
    }
  }

  select(name, event) {
    this.state[name] = Number(event.target.value);
    return this.load();
  }

  get queue() {
    return this.state.queue;
  }

  /** The receipt that comes next, whose end is the cut. */
  get nextReceipt() {
    return this.queue.supplies.find(({day}) => day);
  }

  get summary() {
    const next = this.nextReceipt;
    const {rows, unit} = this.queue;
    const missing = rows.reduce((sum, row) => sum + row.missing, 0);
    const uncovered = rows.reduce((sum, row) => sum + row.uncovered, 0);
    const all = _t("%(missing)s %(unit)s missing, %(uncovered)s not covered.", {
      missing: this.formatQuantity(missing),
      uncovered: this.formatQuantity(uncovered),
      unit,
    });
    if (!next) {
      return `${all} ${_t("No receipt is planned.")}`;
    }
    return `${all} ${_t("Next receipt: %(name)s on %(day)s with %(quantity)s.", {
      name: next.name,
      day: this.formatDay(next.day),
      quantity: this.formatQuantity(next.quantity),
    })}`;
  }

  formatDay(day) {
    return formatDate(deserializeDate(day));
  }

  formatSince(moment) {
    return formatDate(deserializeDateTime(moment));
  }

  formatQuantity(quantity) {
    return formatFloat(quantity, {trailingZeros: false});
  }

  /** Stock, the next receipt and later ones each have a colour, a pattern and a text. */
  getKind(index) {
    const {supplies} = this.queue;
    if (!supplies[index].day) {
      return "stock";
    }
    return supplies[index] === this.nextReceipt ? "next" : "later";
  }

  getPartText({supply, quantity}) {
    const {name, day} = this.queue.supplies[supply];
    const amount = this.formatQuantity(quantity);
    return day ? `${amount} · ${name}, ${this.formatDay(day)}` : `${amount} · ${name}`;
  }

  /** The parts of a line, each as wide as its quantity. */
  getBars(row) {
    const parts = row.parts.map((part) => ({
      kind: this.getKind(part.supply),
      quantity: part.quantity,
      title: this.getPartText(part),
    }));
    const bars = [
      {kind: "reserved", quantity: row.reserved, title: _t("Reserved")},
      ...parts,
      {kind: "uncovered", quantity: row.uncovered, title: _t("Not covered")},
    ];
    return bars.filter(({quantity}) => quantity > 0);
  }

  get widest() {
    return Math.max(...this.queue.rows.map((row) => row.reserved + row.missing));
  }

  getWidth(quantity) {
    return `width: ${(100 * quantity) / this.widest}%`;
  }

  /** The supplies that are used up after this line. */
  getCuts(index) {
    return this.queue.supplies.filter(
      ({last_row, left, day}) => day && last_row === index && !left
    );
  }

  getCutText({name, day, quantity}) {
    return _t("%(name)s of %(day)s is used up here (%(quantity)s)", {
      name,
      day: this.formatDay(day),
      quantity: this.formatQuantity(quantity),
    });
  }

  get leftovers() {
    return this.queue.supplies.filter(({left}) => left > 0);
  }

  open(row) {
    return this.openRecord("sale.order", row.order_id);
  }
}

registry
  .category("actions")
  .add("backorder_atp_promise_date.product_queue", ProductQueue);

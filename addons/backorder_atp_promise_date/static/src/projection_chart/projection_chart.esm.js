/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {
  Component,
  onWillStart,
  onWillUnmount,
  useEffect,
  useRef,
  useState,
} from "@odoo/owl";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {AvailabilityExplanation} from "@backorder_atp/availability_explanation/availability_explanation.esm";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {loadBundle} from "@web/core/assets";
import {useService} from "@web/core/utils/hooks";
import {formatDate} from "@web/views/fields/formatters";

// Distinguishable for colour-blind users; the lines also differ by their dashes.
const COLORS = {
  stock: "#0072B2",
  atp: "#D55E00",
  supply: "#009E73",
  demand: "#CC79A7",
  safety: "#666666",
};

/** The projection of a product by day, as a chart or a table. */
export class ProjectionChart extends Component {
  static template = "backorder_atp_promise_date.ProjectionChart";
  static props = {
    productId: Number,
    warehouseId: Number,
    orderId: {type: [Number, Boolean], optional: true},
  };

  setup() {
    this.orm = useService("orm");
    this.action = useService("action");
    this.canvas = useRef("canvas");
    this.state = useState({isTable: false});
    onWillStart(async () => {
      const {productId, warehouseId, orderId} = this.props;
      [this.projection] = await Promise.all([
        this.orm.call("stock.availability", "get_projection_chart", [
          productId,
          warehouseId,
          orderId || null,
        ]),
        loadBundle("web.chartjs_lib"),
      ]);
    });
    useEffect(
      () => this.draw(),
      () => [this.canvas.el]
    );
    onWillUnmount(() => this.chart?.destroy());
  }

  get days() {
    return this.projection.days;
  }

  /** A single day needs no chart, as the figures are next to it. */
  get isFlat() {
    return this.days.length < 2;
  }

  /** Every day up to the last change, for a linear time axis. */
  get chartDays() {
    const known = Object.fromEntries(this.days.map((day) => [day.day, day]));
    const last = deserializeDate(this.days.at(-1).day).plus({days: 1});
    const found = [];
    let date = deserializeDate(this.days[0].day);
    while (date <= last) {
      const day = serializeDate(date);
      const before = found.at(-1);
      found.push(
        known[day] || {...before, day, supply: 0, demand: 0, receipts: [], orders: []}
      );
      date = date.plus({days: 1});
    }
    return found;
  }

  formatDay(day) {
    return formatDate(deserializeDate(day));
  }

  formatQuantity(quantity) {
    return formatFloat(quantity, {trailingZeros: false});
  }

  draw() {
    this.chart?.destroy();
    this.chart = null;
    if (this.canvas.el) {
      this.chart = new Chart(this.canvas.el, this.getConfig());
    }
  }

  getConfig() {
    const days = this.chartDays;
    return {
      data: {
        labels: days.map(({day}) => this.formatDay(day)),
        datasets: [
          ...this.getLines(days),
          this.getBar(days, "supply", _t("Receipts"), 1),
          this.getBar(days, "demand", _t("Orders"), -1),
        ],
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        interaction: {mode: "index", intersect: false},
        onClick: (_event, elements) => this.onClick(days, elements),
        plugins: {
          legend: {position: "bottom", labels: {usePointStyle: true, boxHeight: 7}},
          tooltip: {
            callbacks: {afterBody: ([item]) => this.getDetails(days[item.dataIndex])},
          },
        },
        scales: {
          x: {stacked: true},
          y: {title: {display: true, text: this.projection.unit}},
        },
      },
    };
  }

  getLines(days) {
    const line = {type: "line", stepped: "before", pointRadius: 2, borderWidth: 2};
    const lines = [
      {
        ...line,
        label: _t("Available to promise"),
        data: days.map(({atp}) => atp),
        borderColor: COLORS.atp,
        backgroundColor: COLORS.atp,
        borderDash: [6, 4],
        pointStyle: "rectRot",
      },
      {
        ...line,
        label: _t("Projected stock"),
        data: days.map(({stock}) => stock),
        borderColor: COLORS.stock,
        backgroundColor: COLORS.stock,
        pointStyle: "circle",
      },
    ];
    if (this.projection.safety_stock) {
      lines.push({
        ...line,
        label: _t("Safety stock"),
        data: days.map(() => this.projection.safety_stock),
        borderColor: COLORS.safety,
        backgroundColor: COLORS.safety,
        borderDash: [2, 3],
        pointRadius: 0,
        pointStyle: "line",
      });
    }
    return lines;
  }

  getBar(days, name, label, sign) {
    return {
      type: "bar",
      label,
      data: days.map((day) => sign * day[name] || null),
      backgroundColor: COLORS[name],
      maxBarThickness: 18,
      pointStyle: sign > 0 ? "triangle" : "rect",
    };
  }

  /** Name the documents of a day below its figures. */
  getDetails({receipts, orders}) {
    return [
      ...receipts.map((name) => `+ ${name}`),
      ...orders.map(
        ({name, quantity}) => `− ${name}: ${this.formatQuantity(quantity)}`
      ),
    ];
  }

  onClick(days, [element]) {
    const orders = element ? days[element.index].orders : [];
    const ids = orders.map(({id}) => id).filter(Boolean);
    if (ids.length) {
      this.openOrders(ids);
    }
  }

  openOrders(ids) {
    const isOne = ids.length === 1;
    return this.action.doAction({
      type: "ir.actions.act_window",
      name: _t("Orders"),
      res_model: "sale.order",
      res_id: isOne ? ids[0] : undefined,
      domain: [["id", "in", ids]],
      views: isOne
        ? [[false, "form"]]
        : [
            [false, "list"],
            [false, "form"],
          ],
    });
  }

  toggleTable() {
    this.state.isTable = !this.state.isTable;
  }
}

AvailabilityExplanation.components = {
  ...AvailabilityExplanation.components,
  ProjectionChart,
};

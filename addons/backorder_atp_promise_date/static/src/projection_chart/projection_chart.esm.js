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
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {AvailabilityExplanation} from "@backorder_atp/availability_explanation/availability_explanation.esm";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {loadBundle} from "@web/core/assets";
import {useService} from "@web/core/utils/hooks";

// Told apart by colour-blind people, and by their dashes.
const COLORS = {
  stock: "#0072B2",
  atp: "#D55E00",
  supply: "#009E73",
  demand: "#CC79A7",
  safety: "#666666",
};

/** What there will be of a product, day by day: as a chart, with a table behind it. */
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

  /** A single day is said by the figures beside the chart. */
  get isFlat() {
    return this.days.length < 2;
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
    return {
      data: {
        labels: this.days.map(({day}) => this.formatDay(day)),
        datasets: [
          ...this.getLines(),
          this.getBar("supply", _t("Receipts"), 1),
          this.getBar("demand", _t("Orders"), -1),
        ],
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        interaction: {mode: "index", intersect: false},
        onClick: (_event, elements) => this.onClick(elements),
        plugins: {
          legend: {position: "bottom", labels: {usePointStyle: true}},
          tooltip: {
            callbacks: {afterBody: ([item]) => this.getDetails(item.dataIndex)},
          },
        },
        scales: {
          x: {stacked: true},
          y: {title: {display: true, text: this.projection.unit}},
        },
      },
    };
  }

  getLines() {
    const line = {type: "line", stepped: "after", pointRadius: 3, borderWidth: 2};
    const lines = [
      {
        ...line,
        label: _t("Projected stock"),
        data: this.days.map(({stock}) => stock),
        borderColor: COLORS.stock,
        backgroundColor: COLORS.stock,
        pointStyle: "circle",
      },
      {
        ...line,
        label: _t("Available to promise"),
        data: this.days.map(({atp}) => atp),
        borderColor: COLORS.atp,
        backgroundColor: COLORS.atp,
        borderDash: [6, 4],
        pointStyle: "rectRot",
      },
    ];
    if (this.projection.safety_stock) {
      lines.push({
        ...line,
        label: _t("Safety stock"),
        data: this.days.map(() => this.projection.safety_stock),
        borderColor: COLORS.safety,
        backgroundColor: COLORS.safety,
        borderDash: [2, 3],
        pointRadius: 0,
        pointStyle: "line",
      });
    }
    return lines;
  }

  getBar(name, label, sign) {
    return {
      type: "bar",
      label,
      data: this.days.map((day) => sign * day[name] || null),
      backgroundColor: COLORS[name],
      maxBarThickness: 18,
      pointStyle: sign > 0 ? "triangle" : "rect",
    };
  }

  /** Name the documents of a day below its figures. */
  getDetails(index) {
    const {receipts, orders} = this.days[index];
    return [
      ...receipts.map((name) => `+ ${name}`),
      ...orders.map(
        ({name, quantity}) => `− ${name}: ${this.formatQuantity(quantity)}`
      ),
    ];
  }

  onClick([element]) {
    const orders = element ? this.days[element.index].orders : [];
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

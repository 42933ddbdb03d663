/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillStart, useState} from "@odoo/owl";
import {TrendChart, getPattern} from "./trend_chart.esm";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {ChartSwitch} from "@backorder_atp/chart_switch/chart_switch.esm";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

// From light to dark, each with a pattern of its own.
const AGES = [
  ["#c6dbef", "solid"],
  ["#9ecae1", "dots"],
  ["#6baed6", "rising"],
  ["#3182bd", "rows"],
  ["#08306b", "solid"],
];
const RATES = {
  fill: {color: "#0072b2", dash: [], pointStyle: "circle"},
  promise: {color: "#d55e00", dash: [6, 4], pointStyle: "triangle"},
};

/** Backorders over time: their age, the service level, and the products short. */
export class BackorderTrends extends Component {
  static template = "backorder_atp_report.BackorderTrends";
  static components = {ChartSwitch, Layout, TrendChart};
  static props = {...standardActionServiceProps};

  setup() {
    this.orm = useService("orm");
    this.action = useService("action");
    this.display = {controlPanel: {}};
    this.state = useState({
      weeks: 13,
      warehouseId: 0,
      isTable: {ages: false, rates: false},
      trends: null,
    });
    onWillStart(() => this.load());
  }

  async load() {
    const {weeks, warehouseId} = this.state;
    this.state.trends = await this.orm.call("backorder.trend", "get_trends", [], {
      weeks,
      warehouse_id: warehouseId || false,
    });
  }

  select(name, event) {
    this.state[name] = Number(event.target.value);
    return this.load();
  }

  get trends() {
    return this.state.trends;
  }

  /** Changes when a chart has to be drawn again. */
  get version() {
    return JSON.stringify(this.trends);
  }

  get labels() {
    return this.trends.weeks.map((week) => this.formatWeek(week));
  }

  /** The Monday, short enough to stand below a column. */
  formatWeek(week) {
    return deserializeDate(week).toLocaleString({day: "numeric", month: "short"});
  }

  formatQuantity(quantity) {
    return formatFloat(quantity, {
      trailingZeros: false,
      humanReadable: quantity >= 1e4,
    });
  }

  formatRate(rate) {
    return rate === false ? "–" : `${formatFloat(rate, {digits: [16, 1]})} %`;
  }

  get rateLabels() {
    return {fill: _t("Lines filled"), promise: _t("Promises kept")};
  }

  get hasAges() {
    return this.trends.ages.some(({counts}) => counts.some(Boolean));
  }

  get hasRates() {
    return this.trends.rates.some(({values}) => values.some((rate) => rate !== false));
  }

  getTotal(index) {
    return this.trends.ages.reduce((sum, {counts}) => sum + counts[index], 0);
  }

  getAgeConfig() {
    return {
      type: "bar",
      data: {
        labels: this.labels,
        datasets: this.trends.ages.map(({label, counts}, index) => ({
          label,
          data: counts,
          backgroundColor: getPattern(...AGES[index]),
          borderColor: "#08306b",
          borderWidth: 1,
        })),
      },
      options: {
        ...this.commonOptions,
        onClick: (_event, [element]) =>
          element && this.openOrders(element.datasetIndex),
        scales: {
          x: {stacked: true},
          y: {
            stacked: true,
            ticks: {precision: 0},
            title: {display: true, text: _t("Orders")},
          },
        },
      },
    };
  }

  getRateConfig() {
    return {
      type: "line",
      data: {
        labels: this.labels,
        datasets: this.trends.rates.flatMap((rate) => this.getRateLines(rate)),
      },
      options: {
        ...this.commonOptions,
        onClick: (_event, [element]) => element && this.openService(element.index),
        scales: {
          y: {suggestedMin: 50, max: 100, ticks: {callback: (value) => `${value} %`}},
        },
      },
    };
  }

  /** A rate, and its goal as a thin line of the same colour. */
  getRateLines({key, goal, values}) {
    const {color, dash, pointStyle} = RATES[key];
    const label = this.rateLabels[key];
    return [
      {
        label,
        data: values.map((rate) => (rate === false ? null : rate)),
        borderColor: color,
        backgroundColor: color,
        borderDash: dash,
        pointStyle,
        pointRadius: 5,
        clip: 8,
        spanGaps: true,
      },
      {
        label: _t("Target: %(label)s, %(goal)s", {label, goal: this.formatRate(goal)}),
        data: values.map(() => goal),
        borderColor: color,
        borderWidth: 1,
        borderDash: key === "fill" ? [2, 2] : [8, 3, 2, 3],
        pointRadius: 0,
        pointStyle: "line",
      },
    ];
  }

  get commonOptions() {
    return {
      animation: false,
      maintainAspectRatio: false,
      interaction: {mode: "index", intersect: false},
      plugins: {
        legend: {position: "bottom", labels: {usePointStyle: true, boxHeight: 9}},
      },
    };
  }

  // Heat map -----------------------------------------------------------------

  get largest() {
    return Math.max(...this.trends.shortages.flatMap(({values}) => values), 1);
  }

  /** Dark for much; the figure in the cell says how much. */
  getHeat(quantity) {
    if (!quantity) {
      return "";
    }
    const share = 0.15 + (0.85 * Math.sqrt(quantity)) / Math.sqrt(this.largest);
    const color = share > 0.6 ? "#fff" : "#000";
    return `background-color: rgba(140, 45, 4, ${share}); color: ${color}`;
  }

  // Drill-down ---------------------------------------------------------------

  get companyDomain() {
    const {warehouseId} = this.state;
    return warehouseId ? [["warehouse_id", "=", warehouseId]] : [];
  }

  openOrders(index) {
    return this.action.doAction({
      type: "ir.actions.act_window",
      name: _t("Backorders: %s", this.trends.ages[index].label),
      res_model: "sale.order",
      domain: [
        ["backorder_age_bucket", "in", [this.trends.ages[index].key]],
        ...this.companyDomain,
      ],
      views: [
        [false, "list"],
        [false, "form"],
      ],
    });
  }

  openService(index) {
    const week = this.trends.weeks[index];
    const next = serializeDate(deserializeDate(week).plus({weeks: 1}));
    return this.action.doAction({
      type: "ir.actions.act_window",
      name: _t("Service Level, Week of %s", this.formatWeek(week)),
      res_model: "backorder.service.report",
      domain: [
        ["requested_date", ">=", week],
        ["requested_date", "<", next],
        ...this.companyDomain,
      ],
      views: [[false, "list"]],
    });
  }

  openProduct({id, name}) {
    return this.action.doAction({
      type: "ir.actions.act_window",
      name: _t("History: %s", name),
      res_model: "backorder.snapshot",
      domain: [
        ["product_id", "=", id],
        ["scope", "=", "product"],
        ...this.companyDomain,
      ],
      views: [
        [false, "list"],
        [false, "graph"],
      ],
    });
  }
}

registry.category("actions").add("backorder_atp_report.trends", BackorderTrends);

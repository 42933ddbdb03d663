/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {deserializeDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useOpenRecord} from "@backorder_atp/open_record.esm";
import {useService} from "@web/core/utils/hooks";
import {formatDate} from "@web/views/fields/formatters";

// Told apart by their shapes, and by colours for colour-blind people.
export const POINTS = {
  ordered: {icon: "fa-shopping-cart", color: "#666666", label: _t("Ordered")},
  allocated: {icon: "fa-cube", color: "#0072B2", label: _t("Allocated")},
  receipt: {icon: "fa-truck", color: "#009E73", label: _t("Receipt")},
  first_promised: {icon: "fa-flag-o", color: "#A0522D", label: _t("First promised")},
  promised: {icon: "fa-flag", color: "#B34700", label: _t("Promised")},
  delivered: {icon: "fa-check-circle", color: "#005A8C", label: _t("Delivered")},
  returned: {icon: "fa-undo", color: "#994F7E", label: _t("Returned")},
};
// Points closer than this share of the line stand side by side.
const NEAR = 0.05;

/** The lines of an order on a time line, with a table behind it. */
export class OrderTimeline extends Component {
  static template = "backorder_atp_promise_date.OrderTimeline";
  static props = {...standardWidgetProps};

  setup() {
    this.orm = useService("orm");
    this.openRecord = useOpenRecord();
    this.kinds = POINTS;
    this.state = useState({
      timeline: null,
      isTable: this.env.isSmall,
    });
    onWillStart(() => this.load(this.props.record.resId));
    // A saved, confirmed or fulfilled order comes with new data.
    onWillUpdateProps(({record}) => this.load(record.resId));
  }

  async load(resId) {
    this.state.timeline = resId
      ? await this.orm.silent.call("sale.order", "get_timeline", [[resId]])
      : null;
  }

  get lines() {
    return this.state.timeline?.lines || [];
  }

  /** The first and the last moment shown, in milliseconds. */
  get span() {
    const days = this.lines.flatMap(({points}) => points.map(({day}) => day));
    const moments = [...days, this.state.timeline.today].map((day) =>
      deserializeDate(day).toMillis()
    );
    const first = Math.min(...moments);
    return [first, Math.max(...moments, first + 1)];
  }

  getShare(day) {
    const [first, last] = this.span;
    return (deserializeDate(day).toMillis() - first) / (last - first);
  }

  /** The points of a line, those that would overlap together. */
  getClusters({points}) {
    const clusters = [];
    for (const point of points) {
      const share = this.getShare(point.day);
      const last = clusters.at(-1);
      if (last && share - last.share < NEAR) {
        last.points.push(point);
      } else {
        clusters.push({share, points: [point]});
      }
    }
    return clusters;
  }

  /** Keep the ends of the time line inside of it. */
  getStyle(share) {
    const shift = share > 0.5 ? -100 : 0;
    const middle = share > 0.1 && share < 0.9 ? -50 : shift;
    return `left: ${100 * share}%; transform: translateX(${middle}%)`;
  }

  get ticks() {
    const {today} = this.state.timeline;
    const days = this.lines.flatMap(({points}) => points.map(({day}) => day)).sort();
    const ends = [days[0], days.at(-1)].filter(
      (day) => Math.abs(this.getShare(day) - this.getShare(today)) > 0.12
    );
    return [...new Set([...ends, today])].map((day) => ({
      day,
      share: this.getShare(day),
      label: day === today ? _t("Today") : this.formatDay(day),
    }));
  }

  /** Only what occurs is explained. */
  get legend() {
    const found = new Set(
      this.lines.flatMap(({points}) => points.map(({kind}) => kind))
    );
    return Object.entries(POINTS).filter(([kind]) => found.has(kind));
  }

  formatDay(day) {
    return formatDate(deserializeDate(day));
  }

  formatQuantity(quantity) {
    return formatFloat(quantity, {trailingZeros: false});
  }

  getState({missing, delivered, ordered, unit}) {
    const values = {unit, ordered: this.formatQuantity(ordered)};
    if (missing > 0) {
      return _t("%(missing)s of %(ordered)s %(unit)s short", {
        ...values,
        missing: this.formatQuantity(missing),
      });
    }
    if (delivered > 0) {
      return _t("%(delivered)s of %(ordered)s %(unit)s delivered", {
        ...values,
        delivered: this.formatQuantity(delivered),
      });
    }
    return _t("%(ordered)s %(unit)s", values);
  }

  getLabel(point) {
    const {label} = POINTS[point.kind];
    return point.is_covered ? label : _t("Expected, not covered yet");
  }

  getTitle(point) {
    return [
      _t("%(what)s on %(day)s: %(quantity)s %(unit)s", {
        what: this.getLabel(point),
        day: this.formatDay(point.day),
        quantity: this.formatQuantity(point.quantity),
        unit: point.unit,
      }),
      point.name,
    ]
      .filter(Boolean)
      .join(", ");
  }

  open(point) {
    if (point.id) {
      this.openRecord(point.model, point.id);
    }
  }

  toggleTable() {
    this.state.isTable = !this.state.isTable;
  }
}

registry.category("view_widgets").add("order_timeline", {component: OrderTimeline});

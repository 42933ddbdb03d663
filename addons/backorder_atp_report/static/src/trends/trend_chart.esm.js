/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillStart, onWillUnmount, useEffect, useRef} from "@odoo/owl";
import {loadBundle} from "@web/core/assets";

/** A chart of Odoo's chart library, drawn again when its figures change. */
export class TrendChart extends Component {
  static template = "backorder_atp_report.TrendChart";
  static props = {getConfig: Function, label: String, version: String};

  setup() {
    this.canvas = useRef("canvas");
    onWillStart(() => loadBundle("web.chartjs_lib"));
    useEffect(
      () => {
        this.chart = new Chart(this.canvas.el, this.props.getConfig());
        return () => this.chart.destroy();
      },
      () => [this.props.version]
    );
    onWillUnmount(() => this.chart?.destroy());
  }
}

/** Return a fill of stripes or dots, so that areas differ without their colour too. */
export function getPattern(color, kind) {
  if (kind === "solid") {
    return color;
  }
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const context = tile.getContext("2d");
  context.fillStyle = color;
  context.fillRect(0, 0, 8, 8);
  context.strokeStyle = context.fillStyle = "rgba(255, 255, 255, 0.75)";
  context.lineWidth = 1.5;
  context.beginPath();
  if (kind === "dots") {
    context.arc(4, 4, 1.5, 0, 2 * Math.PI);
    context.fill();
  } else if (kind === "rows") {
    context.moveTo(0, 4);
    context.lineTo(8, 4);
  } else {
    const [from, to] = kind === "rising" ? [8, 0] : [0, 8];
    context.moveTo(0, from);
    context.lineTo(8, to);
  }
  context.stroke();
  return context.createPattern(tile, "repeat");
}

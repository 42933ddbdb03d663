/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component} from "@odoo/owl";

/** Switch between a picture and the table of the same figures. */
export class ChartSwitch extends Component {
  static template = "backorder_atp.ChartSwitch";
  static props = {
    isTable: Boolean,
    onChange: Function,
  };
}

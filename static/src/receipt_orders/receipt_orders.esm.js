/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {deserializeDateTime} from "@web/core/l10n/dates";
import {Component} from "@odoo/owl";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useOpenRecord} from "../open_record.esm";
import {formatDate} from "@web/views/fields/formatters";

/** The orders that a receipt serves, or those that got its stock. */
export class ReceiptOrders extends Component {
  static template = "backorder_atp.ReceiptOrders";
  static props = {...standardFieldProps, dateLabel: {type: String, optional: true}};

  setup() {
    this.openRecord = useOpenRecord();
  }

  get rows() {
    return this.props.record.data[this.props.name] || [];
  }

  formatQuantity({quantity, unit}) {
    return `${formatFloat(quantity, {trailingZeros: false})} ${unit}`;
  }

  formatDay({date}) {
    return date ? formatDate(deserializeDateTime(date)) : "";
  }

  openOrder({order_id}) {
    return this.openRecord("sale.order", order_id);
  }
}

registry.category("fields").add("backorder_receipt_orders", {
  component: ReceiptOrders,
  supportedTypes: ["json"],
  extractProps: ({string}) => ({dateLabel: string}),
});

import {
  OUTCOMES,
  getLineOutlook,
} from "@backorder_atp/promise_outlook/promise_outlook.esm";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatDate} from "@web/views/fields/formatters";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
const QUOTED = ["draft", "sent"];

function formatQuantity(quantity) {
  return formatFloat(quantity, {trailingZeros: false});
}

/** Details of the promise of an order line, and the actions for it. */
export class LinePromisePopover extends Component {
  static template = "backorder_atp_promise_date.LinePromisePopover";
  static props = {record: Object, close: Function};

  setup() {
    this.action = useService("action");
  }

  get data() {
    return this.props.record.data;
  }

  get isQuoted() {
    return QUOTED.includes(this.data.state);
  }

  get unit() {
    return this.data.product_uom_id?.display_name || "";
  }

  get isSlipped() {
    const {first_promise_date: first, expected_promise_date: now} = this.data;
    return Boolean(first && now && now > first);
  }

  /** Further buttons: `[method of the order line, label]`; extend it. */
  get buttons() {
    return [];
  }

  get outlook() {
    return getLineOutlook(this.props.record);
  }

  get outcome() {
    return OUTCOMES[this.outlook.outcome];
  }

  formatQuantity(quantity) {
    return formatQuantity(quantity);
  }

  formatDay(day) {
    return formatDate(day);
  }

  /** Explain the available quantity; works for unsaved lines, too. */
  explain() {
    const {product_id, warehouse_id} = this.data;
    const order = this.props.record._parentRecord || this.props.record.model.root;
    this.props.close();
    this.action.doAction({
      type: "ir.actions.client",
      tag: "backorder_atp.explanation",
      name: _t("Available to Promise: %s", product_id.display_name),
      target: "new",
      params: {
        product_id: product_id.id,
        warehouse_ids: warehouse_id ? [warehouse_id.id] : null,
        order_id: order.resId || null,
      },
    });
  }

  openForecast() {
    const {product_id, warehouse_id, move_ids} = this.data;
    this.props.close();
    this.action.doAction("stock.stock_forecasted_product_product_action", {
      additionalContext: {
        active_model: "product.product",
        active_id: product_id.id,
        warehouse_id: warehouse_id && warehouse_id.id,
        move_to_match_ids: move_ids.currentIds,
        sale_line_to_match_id: this.props.record.resId,
      },
    });
  }

  /** Save the line, then call its method. */
  async execute(method) {
    const {root} = this.props.record.model;
    const index = root.data.order_line.records.indexOf(this.props.record);
    this.props.close();
    if (!(await root.save())) {
      return;
    }
    const record = root.data.order_line.records[index] || this.props.record;
    this.action.doActionButton({
      type: "object",
      name: method,
      resModel: "sale.order.line",
      resId: record.resId,
      resIds: [record.resId],
      onClose: () => root.load(),
    });
  }
}

/** The promise of an order line; a click opens its details. */
export class LinePromiseField extends Component {
  static template = "backorder_atp_promise_date.LinePromiseField";
  static props = {...standardFieldProps};

  setup() {
    this.popover = usePopover(LinePromisePopover, {position: "top"});
  }

  get data() {
    return this.props.record.data;
  }

  get isShown() {
    return Boolean(this.data.product_id && this.data.is_storable);
  }

  get isQuoted() {
    return QUOTED.includes(this.data.state);
  }

  get isShort() {
    return this.isQuoted ? Boolean(this.outlook) : this.data.backorder_qty > 0;
  }

  get outlook() {
    return this.isQuoted ? getLineOutlook(this.props.record) : undefined;
  }

  /** What happens to the line: icon, colour and text. */
  get mark() {
    if (this.outlook) {
      return OUTCOMES[this.outlook.outcome];
    }
    if (this.isShort) {
      return OUTCOMES.backorder;
    }
    return this.isOwnSupply ? OUTCOMES.incoming : OUTCOMES.available;
  }

  /** Bought or made for the order: what is in stock does not matter. */
  get isOwnSupply() {
    return this.isQuoted && this.data.is_promise_short && !this.outlook;
  }

  /** How much is available or missing. */
  get quantity() {
    const {backorder_qty: missing, promise_available_qty: available} = this.data;
    if (!this.isQuoted) {
      return missing > 0 ? _t("%s short", formatQuantity(missing)) : "";
    }
    if (this.outlook?.missing) {
      return _t("%s short", formatQuantity(this.outlook.missing));
    }
    return this.isOwnSupply ? "" : formatQuantity(available);
  }

  get day() {
    const day = this.data[this.props.name];
    if (!day) {
      return "";
    }
    if (day.hasSame(DateTime.local(), "day")) {
      return _t("Today");
    }
    const format = {month: "short", day: "numeric"};
    if (!day.hasSame(DateTime.local(), "year")) {
      format.year = "2-digit";
    }
    return day.toLocaleString(format);
  }

  get label() {
    const day = this.day || (this.isShort ? _t("No date") : "");
    return [this.quantity, day].filter(Boolean).join(" · ");
  }

  get title() {
    return _t("%s. Open the details of the promise.", this.mark.label);
  }

  open(ev) {
    this.popover.open(ev.currentTarget, {record: this.props.record});
  }
}

export const linePromiseField = {
  component: LinePromiseField,
  displayName: _t("Promise of an order line"),
  supportedTypes: ["date"],
  fieldDependencies: [
    {name: "allocated_qty", type: "float"},
    {name: "backorder_qty", type: "float"},
    {name: "draft_key", type: "char"},
    {name: "expected_promise_source", type: "char"},
    {name: "first_promise_date", type: "date"},
    {name: "is_expected_promise_covered", type: "boolean"},
    {name: "is_promise_short", type: "boolean"},
    {name: "is_storable", type: "boolean"},
    {name: "move_ids", type: "one2many"},
    {name: "promise_available_qty", type: "float"},
    {name: "state", type: "selection"},
    {name: "warehouse_id", type: "many2one"},
  ],
};

registry.category("fields").add("line_promise", linePromiseField);

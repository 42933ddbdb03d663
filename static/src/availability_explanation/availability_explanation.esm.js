import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDate} from "@web/core/l10n/dates";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";
import {formatDate} from "@web/views/fields/formatters";

/** The computation of an available quantity, with links to the records. */
export class AvailabilityExplanation extends Component {
  static template = "backorder_atp.AvailabilityExplanation";
  static props = {explanations: Array};

  setup() {
    this.action = useService("action");
    this.orm = useService("orm");
  }

  formatQuantity(quantity) {
    return formatFloat(quantity, {trailingZeros: false});
  }

  formatDay(day) {
    return formatDate(deserializeDate(day));
  }

  async openFigure(explanation, figure) {
    const action = await this.orm.call("stock.availability", "get_figure_action", [
      figure.name,
      explanation.product_id,
      explanation.warehouse_id,
      explanation.order_id,
    ]);
    this.action.doAction(action);
  }
}

/** The dialog, which loads the explanation from the server. */
export class AvailabilityExplanationAction extends Component {
  static template = "backorder_atp.AvailabilityExplanationAction";
  static components = {AvailabilityExplanation};
  static props = {...standardActionServiceProps};

  setup() {
    this.orm = useService("orm");
    this.state = useState({explanations: []});
    onWillStart(async () => {
      const {product_id, warehouse_ids, order_id} = this.props.action.params;
      this.state.explanations = await this.orm.call("stock.availability", "explain", [
        product_id,
        warehouse_ids,
        order_id,
      ]);
    });
  }
}

/** The same as a widget for a field that contains the explanation. */
export class AvailabilityExplanationField extends Component {
  static template = "backorder_atp.AvailabilityExplanationField";
  static components = {AvailabilityExplanation};
  static props = {...standardFieldProps};

  get explanations() {
    return this.props.record.data[this.props.name] || [];
  }
}

registry
  .category("actions")
  .add("backorder_atp.explanation", AvailabilityExplanationAction);
registry.category("fields").add("availability_explanation", {
  component: AvailabilityExplanationField,
  supportedTypes: ["json"],
});

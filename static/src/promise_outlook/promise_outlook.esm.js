/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

// What happens to a line: an icon and a text, not only a colour.
export const OUTCOMES = {
  available: {icon: "fa-check", color: "text-success", label: _t("In stock")},
  incoming: {icon: "fa-truck", color: "text-info", label: _t("Incoming")},
  backorder: {icon: "fa-clock-o", color: "text-warning", label: _t("Backorder")},
  approve: {icon: "fa-gavel", color: "text-danger", label: _t("Needs approval")},
  refuse: {icon: "fa-ban", color: "text-danger", label: _t("Not allowed")},
};

const KINDS = {
  backorder: {icon: "fa-clock-o", alert: "alert-info"},
  record: {icon: "fa-eye", alert: "alert-info"},
  withhold: {icon: "fa-pause", alert: "alert-warning"},
  decide: {icon: "fa-gavel", alert: "alert-warning"},
  approve: {icon: "fa-gavel", alert: "alert-warning"},
  refuse: {icon: "fa-ban", alert: "alert-danger"},
};

/**
 * Return what happens to an order line at the confirmation of its order.
 *
 * @param {Object} record of the line
 * @returns {Object|undefined} see `_prepare_outlook_line` of the server
 */
export function getLineOutlook(record) {
  const order = record._parentRecord || record.model.root;
  const key = String(record.resId || record.data.draft_key || "");
  return (order.data.promise_outlook || {}).lines?.find((line) => line.key === key);
}

/** What confirming a quotation will do, with every line that is short. */
export class PromiseOutlookField extends Component {
  static template = "backorder_atp.PromiseOutlookField";
  static props = {...standardFieldProps};

  setup() {
    this.state = useState({isOpen: false});
  }

  /** On a phone, several lines would push the order off the screen. */
  get isCollapsible() {
    return this.env.isSmall && this.outlook.lines.length > 1;
  }

  get toggleLabel() {
    return this.state.isOpen
      ? _t("Hide the items")
      : _t("Show %s short items", this.outlook.lines.length);
  }

  toggle() {
    this.state.isOpen = !this.state.isOpen;
  }

  get outlook() {
    return this.props.record.data[this.props.name];
  }

  get kind() {
    return KINDS[this.outlook.kind];
  }

  getOutcome(line) {
    return OUTCOMES[line.outcome];
  }

  getQuantities(line) {
    return _t("%(missing)s of %(requested)s %(unit)s missing", {
      missing: formatFloat(line.missing, {trailingZeros: false}),
      requested: formatFloat(line.requested, {trailingZeros: false}),
      unit: line.unit,
    });
  }

  /** What there is to say about a line; extend it. */
  getDetails(line) {
    return [line.missing && this.getQuantities(line), line.reason].filter(Boolean);
  }
}

export const promiseOutlookField = {
  component: PromiseOutlookField,
  displayName: _t("What confirming an order will do"),
  supportedTypes: ["json"],
};

registry.category("fields").add("promise_outlook", promiseOutlookField);

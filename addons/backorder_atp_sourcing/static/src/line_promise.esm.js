import {
  LinePromisePopover,
  linePromiseField,
} from "@backorder_atp_promise_date/line_promise/line_promise.esm";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

patch(LinePromisePopover.prototype, {
  get buttons() {
    const {has_alternatives, has_substitutes, stock_elsewhere} = this.data;
    const own = [
      [has_alternatives, "action_open_alternatives", _t("Alternatives")],
      [stock_elsewhere, "action_open_transfer", _t("Stock in other warehouses")],
      [has_substitutes, "action_open_substitutes", _t("Substitutes")],
    ];
    const shown = own.filter(([isShown]) => isShown);
    return [...shown.map(([, ...button]) => button), ...super.buttons];
  },
});

patch(linePromiseField, {
  fieldDependencies: [
    ...linePromiseField.fieldDependencies,
    {name: "has_alternatives", type: "boolean"},
    {name: "has_substitutes", type: "boolean"},
    {name: "stock_elsewhere", type: "char"},
  ],
});

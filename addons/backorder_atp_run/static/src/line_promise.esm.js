import {
  LinePromisePopover,
  linePromiseField,
} from "@backorder_atp_promise_date/line_promise/line_promise.esm";
import {_t} from "@web/core/l10n/translation";
import {onWillStart} from "@odoo/owl";
import {patch} from "@web/core/utils/patch";
import {user} from "@web/core/user";

patch(LinePromisePopover.prototype, {
  setup() {
    super.setup();
    onWillStart(async () => {
      this.isManager = await user.hasGroup("backorder_atp.group_inventory_manager");
    });
  },

  get buttons() {
    const buttons = super.buttons;
    if (!this.isQuoted && this.isManager) {
      const label = this.data.is_promise_firm
        ? _t("Include in backorder runs")
        : _t("Exclude from backorder runs");
      buttons.push(["action_toggle_promise_firm", label]);
    }
    return buttons;
  },
});

patch(linePromiseField, {
  fieldDependencies: [
    ...linePromiseField.fieldDependencies,
    {name: "is_promise_firm", type: "boolean"},
  ],
});

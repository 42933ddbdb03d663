/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillStart, useExternalListener, useState} from "@odoo/owl";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {formatFloat, formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {useBackorderBarcode} from "@backorder_atp/barcode/backorder_barcode.esm";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDelayedRefresh} from "../delayed_refresh.esm";
import {useOpenRecord} from "../open_record.esm";
import {useService} from "@web/core/utils/hooks";

/** What needs the user's attention now, and the figures of the week. */
export class BackorderOverview extends Component {
  static template = "backorder_atp.BackorderOverview";
  static components = {Layout};
  static props = {...standardActionServiceProps};

  setup() {
    this.orm = useService("orm");
    this.action = useService("action");
    this.openRecord = useOpenRecord();
    this.display = {controlPanel: {}};
    this.barcode = useBackorderBarcode();
    this.state = useState({sections: [], figures: []});
    this.scheduleRefresh = useDelayedRefresh(() => this.load());
    onWillStart(() => this.load());
    useExternalListener(window, "focus", this.scheduleRefresh);
  }

  async load() {
    Object.assign(
      this.state,
      await this.orm.silent.call("backorder.overview", "get_overview", [])
    );
  }

  formatDate(date) {
    return deserializeDateTime(date).toRelative();
  }

  formatFigure({value, currency_id}) {
    if (currency_id) {
      return formatMonetary(value, {currencyId: currency_id, digits: [false, 0]});
    }
    return formatFloat(value, {digits: [false, Number.isInteger(value) ? 0 : 1]});
  }

  getChange(figure) {
    const change = figure.value - figure.previous;
    return _t("%(previous)s a week ago (%(change)s)", {
      previous: this.formatFigure({...figure, value: figure.previous}),
      change: (change > 0 ? "+" : "") + this.formatFigure({...figure, value: change}),
    });
  }

  async openFigure(figure) {
    return this.openList(figure.action, {
      context: {[`search_default_${figure.filter}`]: 1},
    });
  }

  async openSection(section) {
    return this.openList(section.action, {
      name: section.title,
      domain: section.domain,
      context: {},
    });
  }

  /** Open a list with these filters only, instead of its default filters. */
  async openList(xmlId, values) {
    const action = await this.action.loadAction(xmlId);
    return this.action.doAction({...action, ...values});
  }

  openLine(line) {
    return line.open
      ? this.callLine(line, line.open)
      : this.openRecord(line.model, line.id);
  }

  callLine(line, method) {
    return this.action.doActionButton({
      type: "object",
      name: method,
      resModel: line.model,
      resId: line.id,
      resIds: [line.id],
      onClose: () => this.load(),
    });
  }
}

registry.category("actions").add("backorder_overview", BackorderOverview);

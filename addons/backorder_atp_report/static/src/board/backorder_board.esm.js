/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillDestroy, onWillStart, useState} from "@odoo/owl";
import {formatFloat, formatInteger, formatMonetary} from "@web/views/fields/formatters";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {makeContext} from "@web/core/context";
import {useBackorderBarcode} from "@backorder_atp/barcode/backorder_barcode.esm";
import {useDelayedRefresh} from "@backorder_atp/delayed_refresh.esm";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const CHANNEL = "backorder_board";
const CHANGED = "backorder_board/changed";
const ORDERS = {
  resModel: "sale.order",
  action: "backorder_atp.sale_order_action_backorder",
};
const PRODUCTS = {
  resModel: "backorder.product",
  action: "backorder_atp.backorder_product_action",
};
const FILLED = {
  resModel: "backorder.event",
  action: "backorder_atp.backorder_event_action",
  filters: ["filled_this_week"],
};

/** Call ``callback`` after backorders changed in one of the user's companies. */
export function useBackorderChanges(callback) {
  const bus = useService("bus_service");
  const onChanged = ({company_id}) => {
    if (user.activeCompanies.some((company) => company.id === company_id)) {
      callback();
    }
  };
  bus.addChannel(CHANNEL);
  bus.subscribe(CHANGED, onChanged);
  bus.addEventListener("BUS:RECONNECT", callback);
  onWillDestroy(() => {
    bus.unsubscribe(CHANGED, onChanged);
    bus.removeEventListener("BUS:RECONNECT", callback);
    bus.deleteChannel(CHANNEL);
  });
}

export class BackorderBoard extends Component {
  static template = "backorder_atp_report.BackorderBoard";
  static props = {list: {type: Object}};

  setup() {
    this.orm = useService("orm");
    this.action = useService("action");
    this.state = useState({figures: null});
    useBackorderChanges(useDelayedRefresh(() => this.refresh()));
    useBackorderBarcode();
    onWillStart(() => this.loadFigures());
    onWillDestroy(() => browser.clearTimeout(this.lateTimer));
  }

  async loadFigures() {
    this.state.figures = await this.orm.silent.call(
      "backorder.board",
      "get_figures",
      []
    );
    this.warnInTime();
  }

  /**
   * Stock that is not allocated sends no message; a timer shows that it is overdue.
   */
  warnInTime() {
    browser.clearTimeout(this.lateTimer);
    const {is_late, late_in} = this.retries;
    if (late_in && !is_late) {
      this.lateTimer = browser.setTimeout(
        () => this.loadFigures(),
        Math.min(late_in + 1, 24 * 3600) * 1000
      );
    }
  }

  async refresh() {
    const {list} = this.props;
    // Do not reload the list while records are selected or edited
    const isBusy = list.editedRecord || list.selection?.length;
    await Promise.all([this.loadFigures(), isBusy || list.model.root.load()]);
  }

  get retries() {
    return this.state.figures.retries;
  }

  get lateMessage() {
    return _t(
      "Stock that arrived %(minutes)s minutes ago has not been allocated yet (%(count)s retries pending). Check that the scheduled action is running.",
      {minutes: this.retries.oldest_minutes, count: this.retries.count}
    );
  }

  get heldTitle() {
    const {held_qty, held_value, currency_id} = this.state.figures;
    return _t(
      "Not included in the other figures: %(quantity)s short, worth %(value)s",
      {
        quantity: formatFloat(held_qty, {humanReadable: true, decimals: 1}),
        value: formatMonetary(held_value, {
          currencyId: currency_id,
          digits: [false, 0],
        }),
      }
    );
  }

  get cards() {
    const figures = this.state.figures;
    return [
      {
        id: "orders_backordered",
        label: _t("Orders on Backorder"),
        value: formatInteger(figures.orders_backordered),
        isAlarming: figures.orders_backordered > 0,
        target: {...ORDERS, filters: ["backordered"]},
      },
      {
        id: "products_short",
        label: _t("Products Short"),
        value: formatInteger(figures.products_short),
        isAlarming: figures.products_short > 0,
        target: {...PRODUCTS, filters: ["backordered"]},
      },
      {
        id: "oldest_days",
        label: _t("Oldest, Days"),
        value: formatInteger(figures.oldest_days),
        isAlarming: figures.oldest_days > 30,
        target: {
          ...ORDERS,
          filters: [
            "backordered",
            ...(figures.oldest_bucket ? [`age_${figures.oldest_bucket}`] : []),
          ],
        },
      },
      {
        id: "shortage_qty",
        label: _t("Quantity Short"),
        value: formatFloat(figures.shortage_qty, {humanReadable: true, decimals: 1}),
        target: {...PRODUCTS, filters: ["backordered", "group_category"]},
      },
      {
        id: "shortage_value",
        label: _t("Value Short"),
        value: formatMonetary(figures.shortage_value, {
          currencyId: figures.currency_id,
          digits: [false, 0],
        }),
        target: {...PRODUCTS, filters: ["backordered", "group_resolution"]},
      },
      {
        id: "orders_on_hold",
        label: _t("On Hold"),
        value: formatInteger(figures.orders_on_hold),
        title: this.heldTitle,
        target: {...ORDERS, filters: ["on_hold"]},
      },
      {
        id: "filled_this_week",
        label: _t("Filled This Week"),
        value: formatInteger(figures.filled_this_week),
        isGood: figures.filled_this_week > 0,
        target: FILLED,
      },
    ];
  }

  async onCardClick(target) {
    if (this.env.searchModel?.resModel === target.resModel) {
      return this.setFilters(target.filters);
    }
    const filters = Object.fromEntries(
      target.filters.map((name) => [`search_default_${name}`, 1])
    );
    const action = await this.action.loadAction(target.action);
    // The lists show backorders by default
    const context = makeContext([
      action.context,
      {search_default_backordered: 0, ...filters},
    ]);
    return this.action.doAction({...action, context});
  }

  setFilters(names) {
    const {searchModel} = this.env;
    const items = searchModel.getSearchItems((item) => names.includes(item.name));
    searchModel.clearQuery();
    for (const item of items) {
      searchModel.toggleSearchItem(item.id);
    }
  }

  openChecks() {
    return this.action.doAction("backorder_atp.backorder_retry_action");
  }
}

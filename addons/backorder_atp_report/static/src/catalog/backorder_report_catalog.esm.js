/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillStart} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** All reports on one page, each with a description. */
export class BackorderReportCatalog extends Component {
  static template = "backorder_atp_report.BackorderReportCatalog";
  static components = {Layout};
  static props = {...standardActionServiceProps};

  setup() {
    this.action = useService("action");
    this.display = {controlPanel: {}};
    const orm = useService("orm");
    onWillStart(async () => {
      this.groups = await orm.call("backorder.report.catalog", "get_reports", []);
    });
  }

  open(report) {
    return this.action.doAction(report.action);
  }
}

registry.category("actions").add("backorder_report_catalog", BackorderReportCatalog);

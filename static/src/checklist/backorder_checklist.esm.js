/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** What is still to be set up in the company, each step with a button to its screen. */
export class BackorderChecklist extends Component {
  static template = "backorder_atp.BackorderChecklist";
  static components = {Layout};
  static props = {...standardActionServiceProps};

  setup() {
    this.action = useService("action");
    this.orm = useService("orm");
    this.display = {controlPanel: {}};
    this.state = useState({company: "", steps: []});
    onWillStart(async () =>
      Object.assign(
        this.state,
        await this.orm.call("backorder.checklist", "get_checklist", [])
      )
    );
  }

  get doneCount() {
    return this.state.steps.filter((step) => step.done).length;
  }

  /** The first step that is not done is what to do next. */
  get next() {
    return this.state.steps.find((step) => !step.done);
  }

  open(step) {
    return this.action.doAction(step.action);
  }
}

registry.category("actions").add("backorder_checklist", BackorderChecklist);

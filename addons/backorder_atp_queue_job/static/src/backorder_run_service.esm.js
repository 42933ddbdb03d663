/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

const MODEL = "backorder.run";
const TYPES = {done: "success", changed: "warning", failed: "danger"};

/**
 * Notifies the user who requested a run in the background of its result, and reloads
 * the run if it is open.
 */
export const backorderRunService = {
  dependencies: ["action", "bus_service", "notification"],

  start(env, {action, bus_service, notification}) {
    function isShown(run) {
      const controller = action.currentController;
      return (
        controller?.action.res_model === MODEL &&
        controller.currentState?.resId === run.id
      );
    }

    function open(run) {
      return action.doAction({
        type: "ir.actions.act_window",
        res_model: MODEL,
        res_id: run.id,
        views: [[false, "form"]],
      });
    }

    function tell(run, shown) {
      const close = notification.add(run.message, {
        title: run.name,
        type: TYPES[run.result],
        // The notification stays unless the result is shown
        sticky: run.result !== "done" || !shown,
        buttons: shown
          ? []
          : [
              {
                name: _t("Show"),
                onClick: () => {
                  close();
                  open(run);
                },
              },
            ],
      });
    }

    bus_service.subscribe("backorder_run/done", (run) => {
      const shown = isShown(run);
      if (shown) {
        action.doAction("soft_reload");
      }
      tell(run, shown);
    });
  },
};

registry.category("services").add("backorder_run", backorderRunService);

/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {_t} from "@web/core/l10n/translation";
import {reactive} from "@odoo/owl";
import {registry} from "@web/core/registry";

/**
 * Follows the jobs of the user: a dialog shows their progress; if it is closed, a
 * notification shows the result.
 */
export const backorderJobService = {
  dependencies: ["action", "bus_service", "notification"],

  start(env, {action, bus_service, notification}) {
    const jobs = reactive({});
    const followed = new Set();

    function open(id) {
      return action.doAction({
        type: "ir.actions.act_window",
        res_model: "backorder.job",
        res_id: id,
        views: [[false, "form"]],
      });
    }

    function tell(job) {
      const close = notification.add(job.message, {
        title: job.name,
        type: job.failed ? "danger" : "success",
        sticky: job.failed > 0,
        buttons: [
          {
            name: _t("Details"),
            onClick: () => {
              close();
              open(job.id);
            },
          },
        ],
      });
    }

    function update(job) {
      // Messages of two transactions may arrive out of order
      if (!jobs[job.id] || jobs[job.id].done <= job.done) {
        jobs[job.id] = job;
      }
    }

    bus_service.subscribe("backorder_job/progress", (job) => {
      const wasDone = jobs[job.id]?.state === "done";
      update(job);
      if (job.state === "done" && !wasDone && !followed.has(job.id)) {
        tell(job);
      }
    });

    return {jobs, followed, open, update};
  },
};

registry.category("services").add("backorder_job", backorderJobService);

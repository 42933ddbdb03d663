/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {Component, onWillDestroy, onWillStart, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

export class BackorderJobProgress extends Component {
  static template = "backorder_atp_job.JobProgress";
  static props = {...standardActionServiceProps};

  setup() {
    this.orm = useService("orm");
    this.service = useService("backorder_job");
    this.busService = useService("bus_service");
    this.tracked = useState(this.service.jobs);
    this.load = this.load.bind(this);
    // Progress missed while offline is read after reconnecting
    this.busService.addEventListener("BUS:RECONNECT", this.load);
    onWillStart(() => this.start());
    onWillDestroy(() => this.stop());
  }

  get jobIds() {
    return this.props.action.params.job_ids;
  }

  get jobs() {
    return this.jobIds.map((id) => this.tracked[id]).filter(Boolean);
  }

  get isDone() {
    return this.jobs.every((job) => job.state === "done");
  }

  async start() {
    this.jobIds.forEach((id) => this.service.followed.add(id));
    await this.load();
  }

  stop() {
    this.busService.removeEventListener("BUS:RECONNECT", this.load);
    this.jobIds.forEach((id) => this.service.followed.delete(id));
  }

  async load() {
    const jobs = await this.orm.call("backorder.job", "get_progress", [this.jobIds]);
    jobs.forEach((job) => this.service.update(job));
  }

  getPercentage(job) {
    return job.total ? Math.floor((100 * job.done) / job.total) : 100;
  }
}

registry
  .category("actions")
  .add("backorder_atp_job.job_progress", BackorderJobProgress);

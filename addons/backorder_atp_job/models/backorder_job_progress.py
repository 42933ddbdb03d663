# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

PROGRESS = "backorder_job/progress"


class BackorderJob(models.Model):
    """The progress of a job, for the user who follows it."""

    _inherit = "backorder.job"

    def _send_progress(self):
        """Send the progress to the requester after the commit."""
        for job in self:
            job.user_id._bus_send(PROGRESS, job._prepare_progress())

    def get_progress(self):
        """Return the progress of these jobs.

        :return: list of dicts with ``id``, ``name``, ``state``, ``total``, ``done``,
            ``failed``, ``message`` (the counts as text) and, once a job is done,
            ``reasons``: ``[{"order", "message", "is_failure"}]``, failures first, at
            most twenty
        :raise AccessError: for jobs of other companies
        """
        self.check_access("read")
        return [job._prepare_progress() for job in self]

    def _prepare_progress(self):
        self.ensure_one()
        job = self._with_requester(self)
        return {
            "id": job.id,
            "name": job.display_name,
            "state": job.state,
            "total": job.order_count,
            "done": job.done_count,
            "failed": job.failed_count,
            "message": job._get_message(),
            "reasons": job._prepare_reasons() if job.state == "done" else [],
        }

    def _get_message(self):
        return self.env._(
            "%(fulfilled)s fulfilled, %(backordered)s still backordered,"
            " %(failed)s failed",
            fulfilled=self.fulfilled_count,
            backordered=self.backordered_count,
            failed=self.failed_count,
        )

    def _prepare_reasons(self):
        lines = self.line_ids.filtered("message")
        lines = lines.sorted(lambda line: (line.result != "failed", line.id))
        return [
            {
                "order": line.order_name,
                "message": line.message,
                "is_failure": line.result == "failed",
            }
            for line in lines[:20]
        ]

    def _follow(self):
        """Return a dialog with the progress of these jobs."""
        return {
            "type": "ir.actions.client",
            "tag": "backorder_atp_job.job_progress",
            "name": self.env._("Processing in the Background"),
            "target": "new",
            "params": {"job_ids": self.ids},
        }

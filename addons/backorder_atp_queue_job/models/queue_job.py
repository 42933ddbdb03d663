# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class QueueJob(models.Model):
    _inherit = "queue.job"

    @api.model
    def _requeue_failed(self, model):
        """Retry the failed jobs of a model, instead of creating new ones.

        :param model: the model's name
        :return: their identity keys
        """
        failed = self.sudo().search(
            [("state", "=", "failed"), ("model_name", "=", model)]
        )
        failed.requeue()
        return set(failed.mapped("identity_key"))

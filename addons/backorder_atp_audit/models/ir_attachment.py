# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    """Archived months of the log can no more be changed than the log."""

    _inherit = "ir.attachment"

    def write(self, vals):
        archives = self._filter_log_archives()
        if archives and not archives._is_same_content(vals):
            archives._refuse_log_archives()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log_archive(self):
        archives = self._filter_log_archives()
        if archives:
            archives._refuse_log_archives()

    def _filter_log_archives(self):
        return self.sudo().filtered(
            lambda attachment: attachment.res_model == "backorder.event"
        )

    def _is_same_content(self, vals):
        """Whether ``vals`` only move the content to another storage."""
        return vals.keys() <= {"raw", "mimetype"} and all(
            vals.get(name, archive[name]) == archive[name]
            for archive in self
            for name in ("raw", "mimetype")
        )

    def _refuse_log_archives(self):
        raise UserError(
            self.env._(
                "%s is an archived part of the backorder log: it can be downloaded,"
                " but neither changed nor deleted.",
                ", ".join(self.mapped("name")),
            )
        )

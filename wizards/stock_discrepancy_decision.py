# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class StockDiscrepancyDecision(models.TransientModel):
    """The dialog for the reason to close or reopen a discrepancy."""

    _name = "stock.discrepancy.decision"
    _inherit = "backorder.wizard.mixin"
    _description = "Discrepancy Decision"

    operation = fields.Selection(
        [("resolve", "Resolve"), ("reject", "Reject"), ("reopen", "Reopen")],
        required=True,
    )
    discrepancy_ids = fields.Many2many("stock.discrepancy", string="Discrepancies")
    is_postable = fields.Boolean(compute="_compute_is_postable")
    has_pending_count = fields.Boolean(compute="_compute_is_postable")
    post_correction = fields.Boolean(
        "Correct the Stock",
        compute="_compute_post_correction",
        store=True,
        readonly=False,
        help="Post the difference as an inventory adjustment, in your name.",
    )
    reason = fields.Char(required=True)

    @api.depends("discrepancy_ids")
    def _compute_is_postable(self):
        for wizard in self:
            discrepancies = wizard.discrepancy_ids
            wizard.is_postable = all(discrepancies.mapped("is_postable"))
            wizard.has_pending_count = any(discrepancies.mapped("is_count_pending"))

    @api.depends("discrepancy_ids")
    def _compute_post_correction(self):
        for wizard in self:
            wizard.post_correction = wizard.is_postable and wizard.has_pending_count

    def action_resolve(self):
        self.discrepancy_ids.action_resolve(self.reason, self.post_correction)

    def action_reject(self):
        self.discrepancy_ids.action_reject(self.reason)

    def action_reopen(self):
        self.discrepancy_ids.action_reopen(self.reason)

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..transaction import without_defaults
from .stock_discrepancy import ACTIVITY, MANAGER_GROUP, OPEN_STATES

# The finding: entered once, and changed by managers only.
FOUND_FIELDS = {
    "counted_qty",
    "expected_qty",
    "location_id",
    "lot_id",
    "package_id",
    "product_id",
    "stock_owner_id",
    "warehouse_id",
}


class StockDiscrepancy(models.Model):
    """Who may enter and change a discrepancy, and what follows from it."""

    _inherit = "stock.discrepancy"

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    @api.constrains("location_id", "warehouse_id")
    def _check_location(self):
        for discrepancy in self.filtered("location_id"):
            if discrepancy.location_id.warehouse_id != discrepancy.warehouse_id:
                raise ValidationError(
                    self.env._(
                        "%(location)s is not in the warehouse %(warehouse)s."
                        " Choose a location of that warehouse, or none.",
                        location=discrepancy.location_id.display_name,
                        warehouse=discrepancy.warehouse_id.name,
                    )
                )

    @api.constrains("expected_qty", "counted_qty", "product_id")
    def _check_difference(self):
        """Require a difference for discrepancies entered manually."""
        for discrepancy in self:
            if discrepancy.product_id.uom_id.is_zero(
                discrepancy.counted_qty - discrepancy.expected_qty
            ):
                raise ValidationError(
                    self.env._(
                        "%s: expected and counted quantity are equal. Enter a"
                        " difference.",
                        discrepancy.product_id.display_name,
                    )
                )

    @api.constrains("product_id")
    def _check_product(self):
        for product in self.product_id.filtered(lambda one: not one.is_storable):
            raise ValidationError(
                self.env._(
                    "%s is not kept in stock. Choose a product whose inventory is"
                    " tracked.",
                    product.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Open discrepancies; for operators the limits determine the severity."""
        for vals in vals_list:
            if "severity" in vals:
                self._check_decider()
        self = without_defaults(self, {"severity"})
        discrepancies = super().create(vals_list)
        for discrepancy in discrepancies.sudo():
            discrepancy.name = self._get_next_name()
            if discrepancy.origin_kind == "manual":
                discrepancy.counted_by_id = self.env.user
        discrepancies._open()
        return discrepancies

    def write(self, vals):
        if not self.env.su and (FOUND_FIELDS | {"severity"}) & vals.keys():
            self._check_decider()
            self._check_open()
        if not self.env.su and FOUND_FIELDS & vals.keys():
            self._check_entered_by_hand()
        before = self._get_lock_keys()
        result = super().write(vals)
        if (FOUND_FIELDS | {"severity", "state"}) & vals.keys():
            self._touch_locks(before)
            if vals.get("state") not in OPEN_STATES:
                self._enqueue_locked(before)
        if "user_id" in vals:
            self._notify_owner()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_enqueue(self):
        self._touch_locks()
        self._enqueue_locked()

    def _check_decider(self):
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(
                self.env._(
                    "Only an inventory manager can change the finding and its severity."
                )
            )

    def _check_entered_by_hand(self):
        found = self.filtered(lambda discrepancy: discrepancy.origin_kind != "manual")
        if found:
            raise UserError(
                self.env._(
                    "%s was not entered manually. Count again instead of changing the"
                    " quantities.",
                    ", ".join(found.mapped("name")),
                )
            )

    def _check_open(self):
        closed = self.filtered(lambda discrepancy: discrepancy.state not in OPEN_STATES)
        if closed:
            raise UserError(
                self.env._(
                    "%s is closed. Reopen it first.", ", ".join(closed.mapped("name"))
                )
            )

    def _get_next_name(self):
        return self.env["ir.sequence"].sudo().next_by_code("stock.discrepancy")

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def _open(self):
        """Set the owners, apply the locks and log the opening."""
        self._touch_locks()
        self._log("discrepancy:opened")
        for discrepancy in self.sudo():
            if discrepancy.user_id:
                discrepancy._notify_owner()
            else:
                discrepancy.user_id = (
                    discrepancy.company_id._get_backorder_responsible()
                )

    def _notify_owner(self, summary=None):
        """Keep one activity for the owner."""
        for discrepancy in self.sudo():
            discrepancy.activity_unlink([ACTIVITY])
            if discrepancy.user_id and discrepancy.state in OPEN_STATES:
                discrepancy.activity_schedule(
                    ACTIVITY,
                    user_id=discrepancy.user_id.id,
                    summary=summary or discrepancy._get_activity_summary(),
                )

    def _get_activity_summary(self):
        if self.is_agreed:
            return self.env._("Quantities match again: close it")
        if self.is_count_pending:
            return self.env._("Decide on the count")
        return self.env._("Investigate the difference")

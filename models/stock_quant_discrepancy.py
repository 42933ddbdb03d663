# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .stock_discrepancy import MANAGER_GROUP, OPEN_STATES


class StockQuant(models.Model):
    """Counts: large differences need an inventory manager's approval."""

    _inherit = "stock.quant"

    open_discrepancy_ids = fields.Many2many(
        "stock.discrepancy",
        string="Open Discrepancies",
        compute="_compute_open_discrepancy_ids",
    )

    counted_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The user who entered the counted quantity.",
        server_only=True,
    )

    @api.depends("product_id", "location_id", "lot_id", "package_id", "owner_id")
    def _compute_open_discrepancy_ids(self):
        groups = (
            self.env["stock.discrepancy"]
            .sudo()
            .search(
                [
                    ("state", "in", OPEN_STATES),
                    ("product_id", "in", self.product_id.ids),
                    ("location_id", "in", self.location_id.ids),
                ]
            )
            .grouped(lambda record: tuple(record._prepare_quant_key().values()))
        )
        for quant in self:
            key = (
                quant.product_id.id,
                quant.location_id.id,
                quant.lot_id.id,
                quant.package_id.id,
                quant.owner_id.id,
            )
            quant.open_discrepancy_ids = groups.get(key, False)

    def action_view_discrepancies(self):
        """Open the discrepancies of this stock."""
        return self.open_discrepancy_ids._get_records_action(
            name=self.env._("Discrepancies")
        )

    # ------------------------------------------------------------------
    # Applying counts
    # ------------------------------------------------------------------

    def action_apply_inventory(self, date=None):
        """Apply the permitted counts; the others keep the counted quantity."""
        if any(quant.is_outdated for quant in self):
            # Odoo first asks which counts to keep, and calls this again
            return super().action_apply_inventory(date=date)
        applied = self - self._submit_counts()
        if self and not applied:
            return None
        return super(StockQuant, applied).action_apply_inventory(date=date)

    def _apply_inventory(self, date=None):
        """Check every count, including those applied without a button."""
        applied = self - self._submit_counts()
        if self and not applied:
            return None
        findings = applied._prepare_count_findings()
        result = super(StockQuant, applied)._apply_inventory(date=date)
        self.env["stock.discrepancy"]._record_findings(findings, ["count", "manual"])
        return result

    @api.model_create_multi
    def create(self, vals_list):
        if "default_quantity" in self.env.context or any(
            "quantity" in vals for vals in vals_list
        ):
            places = self.env["stock.location"].sudo()
            places = places.browse([vals.get("location_id") for vals in vals_list])
            self._check_quantity_written(places.company_id or self.env.company)
        return super().create(vals_list)

    def write(self, vals):
        if "quantity" in vals and not self.env.su:
            self._check_quantity_written(self.company_id or self.env.company)
        counted = self._filter_newly_counted(vals)
        result = super().write(vals)
        if counted:
            counted.sudo().counted_by_id = self.env.user
        if not vals.get("inventory_quantity_set", True):
            self.sudo().counted_by_id = False
        return result

    def _filter_newly_counted(self, vals):
        """Return the count in ``vals``; the same difference is the same count."""
        if "inventory_quantity" not in vals:
            return self.browse()
        return self.filtered(
            lambda quant: (
                not quant.inventory_quantity_set
                or quant.product_uom_id.compare(
                    quant.inventory_diff_quantity,
                    vals["inventory_quantity"] - quant.quantity,
                )
            )
        )

    def _check_quantity_written(self, companies):
        """Prevent changes of stock that bypass the review of counts."""
        if self.env.su or self._may_apply_any_count():
            return
        if any(company.sudo().discrepancy_review_counts for company in companies):
            raise AccessError(
                self.env._("Count the stock instead of changing its quantity.")
            )

    # ------------------------------------------------------------------
    # Review
    # ------------------------------------------------------------------

    def _may_apply_any_count(self):
        # counts are applied as superuser: check the rights of the user
        return self.env.user.has_group(MANAGER_GROUP)

    def _submit_counts(self):
        """Open a discrepancy for each count that needs approval.

        :return: these quants, which keep the counted quantity
        """
        if self._may_apply_any_count():
            return self.browse()
        pending = self.filtered(
            lambda quant: quant._is_review_needed(quant._get_counted_difference())
        )
        if pending:
            findings = pending._prepare_count_findings(is_count_pending=True)
            pending.inventory_quantity_set = True
            pending._announce_review(
                self.env["stock.discrepancy"]._record_findings(
                    findings, ["count", "manual"]
                )
            )
        return pending

    def _is_review_needed(self, difference):
        """Whether the difference needs an inventory manager's approval."""
        self.ensure_one()
        company = (self.company_id or self.env.company).sudo()
        if not (
            company.discrepancy_review_counts
            and self.location_id.warehouse_id
            and not self._may_apply_any_count()
        ):
            return False
        return company._exceeds_discrepancy_threshold(
            *company._measure_discrepancy(
                self.product_id, self.quantity, self.quantity + difference
            )
        )

    def _get_counted_difference(self):
        """Return the difference that applying the count would post."""
        if self.inventory_quantity_set:
            return self.inventory_diff_quantity
        return self.inventory_quantity - self.quantity

    def _prepare_count_findings(self, is_count_pending=False):
        return [
            quant._prepare_count_finding(is_count_pending)
            for quant in self.sudo()
            if quant.location_id.warehouse_id and quant.product_id.is_storable
        ]

    def _prepare_count_finding(self, is_count_pending):
        uom = self.product_uom_id
        counted = self.quantity + self._get_counted_difference()
        counter = self.counted_by_id or self.env.user
        return {
            "origin_kind": "count",
            "product_id": self.product_id.id,
            "warehouse_id": self.location_id.warehouse_id.id,
            "location_id": self.location_id.id,
            "lot_id": self.lot_id.id,
            "package_id": self.package_id.id,
            "stock_owner_id": self.owner_id.id,
            "expected_qty": uom.round(self.quantity),
            "counted_qty": uom.round(counted),
            "is_count_pending": is_count_pending,
            "counted_by_id": counter.id,
            "applied_by_id": not is_count_pending and self.env.uid,
            "source": self.env._("Count by %s", counter.name),
        }

    def _announce_review(self, discrepancies):
        """Notify the user which counts need approval, and by whom."""
        lines = [record._get_review_line() for record in discrepancies]
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "title": self.env._("Counts Pending Approval"),
                "message": "\n".join(
                    [
                        self.env._(
                            "The differences are too large to be applied without a"
                            " review. The stock has not changed."
                        ),
                        *lines,
                    ]
                ),
                "sticky": True,
            },
        )

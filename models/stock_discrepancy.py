# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..transaction import without_defaults

SEVERITIES = [
    ("low", "Low"),
    ("medium", "Medium"),
    ("high", "High"),
    ("critical", "Critical"),
]
OPEN_STATES = ("new", "under_review")
MANAGER_GROUP = "backorder_atp.group_inventory_manager"
OPERATOR_GROUP = "backorder_atp.group_backorder_operator"
ACTIVITY = "backorder_atp.mail_activity_type_discrepancy"

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
    """A difference between the books and the shelf, to be investigated.

    While it is open it may lock promises of the product. See
    ``stock_discrepancy_finding.py`` for its origins and
    ``stock_discrepancy_lock.py`` for the locks. All quantities are in the product's
    unit.
    """

    _name = "stock.discrepancy"
    _description = "Stock Discrepancy"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "detected_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        "Reference", readonly=True, copy=False, index="trigram", server_only=True
    )
    state = fields.Selection(
        [
            ("new", "New"),
            ("under_review", "Under Review"),
            ("resolved", "Resolved"),
            ("rejected", "Rejected"),
        ],
        "Status",
        default="new",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        server_only=True,
    )
    origin_kind = fields.Selection(
        [
            ("count", "Inventory Count"),
            ("receipt", "Receipt"),
            ("negative", "Stock Below Zero"),
            ("manual", "Entered Manually"),
        ],
        "Found By",
        default="manual",
        required=True,
        readonly=True,
        copy=False,
        server_only=True,
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_storable", "=", True)],
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    tracking = fields.Selection(related="product_id.tracking")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_warehouse_id(),
    )
    location_id = fields.Many2one(
        "stock.location",
        ondelete="restrict",
        check_company=True,
        domain="[('warehouse_id', '=', warehouse_id), ('usage', '=', 'internal')]",
        help="Empty: unknown location in the warehouse.",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial Number",
        ondelete="restrict",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
    )
    package_id = fields.Many2one("stock.package", ondelete="restrict")
    stock_owner_id = fields.Many2one("res.partner", ondelete="restrict")
    company_id = fields.Many2one(
        related="warehouse_id.company_id",
        store=True,
        index=True,
        server_only=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    expected_qty = fields.Float("Expected", digits="Product Unit", tracking=True)
    counted_qty = fields.Float("Counted", digits="Product Unit", tracking=True)
    delta_qty = fields.Float(
        "Difference",
        digits="Product Unit",
        compute="_compute_difference",
        store=True,
        help="Counted less expected quantity. Negative if stock is missing.",
        server_only=True,
    )
    percent = fields.Float(
        "Difference (%)",
        digits=(16, 1),
        compute="_compute_difference",
        store=True,
        aggregator="avg",
        help="Difference in percent of the expected quantity; 100 if that is zero.",
        server_only=True,
    )
    value = fields.Monetary(
        "Value at Cost",
        compute="_compute_difference",
        store=True,
        help="Difference, at the product's cost on the day it was found.",
        server_only=True,
    )
    severity = fields.Selection(
        SEVERITIES,
        compute="_compute_severity",
        store=True,
        readonly=False,
        tracking=True,
        help="The highest severity reached by the company's limits for percentage,"
        " quantity and value. An inventory manager can change it.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        tracking=True,
        copy=False,
        domain="[('share', '=', False)]",
        help="User who investigates the difference. Empty: the company's responsible.",
    )
    detected_date = fields.Datetime(
        "Found On",
        default=fields.Datetime.now,
        required=True,
        readonly=True,
        copy=False,
        server_only=True,
    )
    age = fields.Integer("Age (Days)", compute="_compute_age")
    source = fields.Char("Source Document", readonly=True, copy=False, server_only=True)
    picking_id = fields.Many2one(
        "stock.picking",
        "Transfer",
        readonly=True,
        copy=False,
        ondelete="set null",
        server_only=True,
    )
    origin_line_id = fields.Integer(
        readonly=True,
        copy=False,
        help="The line of the source document, if any.",
        server_only=True,
    )
    is_count_pending = fields.Boolean(
        "Count Pending",
        readonly=True,
        copy=False,
        help="The count has not changed the stock yet: it needs a decision first.",
        server_only=True,
    )
    is_agreed = fields.Boolean(
        "Quantities Match Again",
        readonly=True,
        copy=False,
        help="A later count or receipt matches the books; this can be closed.",
        server_only=True,
    )
    counted_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The user who entered the counted quantity.",
        server_only=True,
    )
    applied_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The user who applied the difference to the stock. Empty: not applied.",
        server_only=True,
    )
    resolution_note = fields.Char(
        "Decision", readonly=True, copy=False, server_only=True
    )
    closed_by_id = fields.Many2one(
        "res.users",
        "Decided By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        server_only=True,
    )
    closed_date = fields.Datetime(
        "Decided On", readonly=True, copy=False, server_only=True
    )
    is_postable = fields.Boolean(compute="_compute_is_postable")
    is_decider = fields.Boolean(compute="_compute_is_decider")

    # Only open discrepancies are searched by product and warehouse.
    _open_uniq = models.UniqueIndex(
        "(product_id, warehouse_id, origin_kind, COALESCE(location_id, 0),"
        " COALESCE(lot_id, 0), COALESCE(package_id, 0), COALESCE(stock_owner_id, 0),"
        " COALESCE(origin_line_id, 0)) WHERE state IN ('new', 'under_review')",
        "There is already an open discrepancy of this product there. Use that one.",
    )

    @api.model
    def _default_warehouse_id(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    @api.depends("expected_qty", "counted_qty", "product_id", "company_id")
    def _compute_difference(self):
        for discrepancy in self:
            company = discrepancy.company_id.sudo()
            difference = company._measure_discrepancy(
                discrepancy.product_id,
                discrepancy.expected_qty,
                discrepancy.counted_qty,
            )
            discrepancy.delta_qty, discrepancy.percent, discrepancy.value = difference

    @api.depends("delta_qty", "percent", "value")
    def _compute_severity(self):
        for discrepancy in self:
            discrepancy.severity = (
                discrepancy.company_id.sudo()._get_discrepancy_severity(
                    discrepancy.percent, discrepancy.delta_qty, discrepancy.value
                )
            )

    @api.depends("detected_date", "closed_date")
    def _compute_age(self):
        now = fields.Datetime.now()
        for discrepancy in self:
            end = discrepancy.closed_date or now
            discrepancy.age = max(0, (end - (discrepancy.detected_date or end)).days)

    @api.depends("state", "origin_kind", "is_count_pending", "location_id")
    def _compute_is_postable(self):
        for discrepancy in self:
            discrepancy.is_postable = discrepancy.state in OPEN_STATES and (
                discrepancy.is_count_pending
                or (discrepancy.origin_kind == "manual" and discrepancy.location_id)
            )

    @api.depends_context("uid")
    def _compute_is_decider(self):
        self.is_decider = self.env.user.has_group(MANAGER_GROUP)

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

    # ------------------------------------------------------------------
    # For the client
    # ------------------------------------------------------------------

    def action_open_decision(self):
        """Open the reason dialog for the decision in the context's ``operation``."""
        operation = self.env.context.get("operation", "resolve")
        return self.env["stock.discrepancy.decision"]._open_operation(
            operation, self, discrepancy_ids=self.ids
        )

    def action_open_source(self):
        """Open the source transfer, or the stock."""
        self.ensure_one()
        if self.picking_id:
            return self.picking_id._get_records_action()
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("location_id", "child_of", self._get_place().ids),
            ]
        )
        return quants._get_records_action(name=self.env._("Stock"))

    def _get_place(self):
        return self.location_id or self.warehouse_id.view_location_id

    def _prepare_overview_line(self):
        return {
            "title": f"{self.name} · {self.product_id.display_name}",
            "detail": (self.location_id or self.warehouse_id).display_name,
            "date": self.detected_date,
            "button": self.is_decider and self.env._("Decide"),
            "method": "action_open_decision",
        }

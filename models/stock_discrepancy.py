# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

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
        help="Leave empty if the location in the warehouse is unknown.",
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
        help="The counted quantity minus the expected quantity. Negative if stock is"
        " missing.",
        server_only=True,
    )
    percent = fields.Float(
        "Difference (%)",
        digits=(16, 1),
        compute="_compute_difference",
        store=True,
        aggregator="avg",
        help="Difference as a percentage of the expected quantity; 100 if that is"
        " zero.",
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
        help="The user who investigates the difference. Leave empty for the company's"
        " responsible user.",
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
        help="The user who applied the difference to the stock. Empty if it was not"
        " applied.",
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

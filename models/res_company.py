# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .setting_limit_mixin import HOURS_OF_YEAR


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "setting.limit.mixin"]

    promise_phase = fields.Selection(
        [
            ("dark", "Monitor: orders pass as in plain Odoo, shortages are logged"),
            ("soft", "Approve: an order beyond stock needs approval"),
            ("hard", "Enforce: an order beyond stock is refused or needs approval"),
        ],
        "Phase",
        default="dark",
        required=True,
        help="How strictly orders are checked against the available stock.",
    )
    shortage_policy = fields.Selection(
        [("block", "Refuse the order"), ("pending", "Require approval")],
        default="block",
        required=True,
        help="What happens to an order beyond stock in the phase Enforce.",
    )
    allow_backorder = fields.Boolean(
        "Allow Backorders",
        help="Products may be promised beyond stock, unless their own setting differs.",
    )
    promise_vendor_stock = fields.Boolean(
        "Promise Consigned Stock",
        help="Stock that vendors own in your warehouses counts as available.",
    )
    promise_request_times = fields.Integer(
        "Requests Commit Up To (Times Stock)",
        default=10,
        help="A request pending approval for more than this many times the stock on"
        " hand and incoming does not reduce what is available to other orders. 0: no"
        " limit.",
    )
    over_delivery_tolerance = fields.Float(
        "Over-Delivery Tolerance (%)",
        help="How much more than ordered may be delivered, as a share of the ordered"
        " quantity, for example for goods sold by weight. Only stock that is not"
        " promised to other orders is used. 0: nothing.",
    )
    backorder_retry_batch = fields.Integer(
        "Orders per Retry Batch",
        default=20,
        help="Number of backordered orders allocated together when stock arrives.",
    )
    backorder_retry_minutes = fields.Integer(
        "Warn After (Minutes)",
        default=15,
        help="The board warns when arrived stock is not allocated within this time.",
    )
    backorder_responsible_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        help="The user who is notified when stock falls below zero.",
    )

    backorder_self_approval = fields.Boolean(
        "Approve Own Requests",
        help="Approvers may approve their own requests.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["backorder.threshold"]._create_defaults(companies)
        return companies

    @api.model
    def _get_setting_limits(self):
        return {
            **super()._get_setting_limits(),
            "backorder_retry_batch": 1000,
            "promise_request_times": 1_000_000,
            "over_delivery_tolerance": 100,
            "backorder_retry_minutes": 60 * HOURS_OF_YEAR,
        }

    @api.constrains("promise_request_times")
    def _check_promise_request_times(self):
        if any(company.promise_request_times < 0 for company in self):
            raise ValidationError(
                self.env._("The number of times must be positive, or 0 for no limit.")
            )

    @api.constrains("over_delivery_tolerance")
    def _check_over_delivery_tolerance(self):
        if any(company.over_delivery_tolerance < 0 for company in self):
            raise ValidationError(
                self.env._("Enter a tolerance between 0 and 100 percent.")
            )

    @api.constrains("backorder_retry_batch")
    def _check_backorder_retry_batch(self):
        if any(company.backorder_retry_batch < 1 for company in self):
            raise ValidationError(
                self.env._("A retry batch must contain at least one order.")
            )

    @api.constrains("backorder_retry_minutes")
    def _check_backorder_retry_minutes(self):
        if any(company.backorder_retry_minutes < 1 for company in self):
            raise ValidationError(
                self.env._("The board cannot warn before one minute has passed.")
            )

    def write(self, vals):
        result = super().write(vals)
        if "allow_backorder" in vals:
            self._enqueue_backorders()
        return result

    def _enqueue_backorders(self):
        warehouses = (
            self.env["stock.warehouse"].sudo().search([("company_id", "in", self.ids)])
        )
        self.env["backorder.retry"]._enqueue_backordered(
            None, warehouses, f"policy:{', '.join(self.mapped('name'))}"
        )

    def _get_backorder_responsible(self):
        """Return the user responsible for backorders, or an empty record."""
        self.ensure_one()
        if self.backorder_responsible_id:
            return self.backorder_responsible_id
        return self._get_members("backorder_atp.group_inventory_manager")[:1]

    def _get_members(self, group):
        """Return the employees of this company who belong to ``group``."""
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(group).id),
                    ("company_ids", "in", self.ids),
                    ("share", "=", False),
                ],
                order="id",
            )
        )

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
            ("dark", "Dark: only measure; nobody notices anything"),
            ("soft", "Soft: an order that asks for too much waits for approval"),
            ("hard", "Hard: nothing is promised beyond stock without approval"),
        ],
        default="dark",
        required=True,
        help="How far orders are held to what is available.",
    )
    shortage_policy = fields.Selection(
        [("block", "Refuse the order"), ("pending", "Ask for approval")],
        default="block",
        required=True,
        help="What happens in the hard phase to an order that asks for too much.",
    )
    allow_backorder = fields.Boolean(
        "Allow Backorders",
        help="Products may be promised beyond stock, unless they say otherwise.",
    )
    promise_vendor_stock = fields.Boolean(
        "Promise Consigned Stock",
        help="Count what vendors keep in your warehouses as yours to promise.",
    )
    promise_request_times = fields.Integer(
        "Requests Keep Stock Up To (Times)",
        default=10,
        help="An order that waits for approval and asks for more than so many times"
        " what is there or on its way keeps nothing from others until somebody decides."
        " 0: no limit.",
    )
    over_delivery_tolerance = fields.Float(
        "Over-Delivery Tolerance (%)",
        help="How much more than ordered anybody may deliver, as a share of the ordered"
        " quantity: weighed goods, for example. Only stock that is promised to nobody"
        " is used. 0: nothing.",
    )
    backorder_retry_batch = fields.Integer(
        "Orders per Retry Batch",
        default=20,
        help="How many waiting orders are tried together when stock arrives.",
    )
    backorder_retry_minutes = fields.Integer(
        "Warn after (Minutes)",
        default=15,
        help="The board warns when stock that arrived is not handed out for so long.",
    )
    backorder_responsible_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        help="Who is asked to act when stock falls below zero.",
    )

    backorder_self_approval = fields.Boolean(
        "Approve Own Requests",
        help="Whoever asks for more than there is may approve it, too.",
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
                self.env._("Enter a number of times above zero, or 0 for no limit.")
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
            raise ValidationError(self.env._("Try at least one order at a time."))

    @api.constrains("backorder_retry_minutes")
    def _check_backorder_retry_minutes(self):
        if any(company.backorder_retry_minutes < 1 for company in self):
            raise ValidationError(
                self.env._("Wait at least one minute before the board warns.")
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
        self.env["backorder.retry"]._enqueue_waiting(
            None, warehouses, f"policy:{', '.join(self.mapped('name'))}"
        )

    def _get_backorder_responsible(self):
        """Return who answers for backorders here, or nobody."""
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

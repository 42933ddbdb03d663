# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_datetime

MANAGER = "backorder_atp.group_inventory_manager"


class BackorderRun(models.Model):
    """Reallocate stock among orders: simulate, then commit."""

    _name = "backorder.run"
    _description = "Backorder Run"
    _order = "id desc"
    _inherit = ["mail.thread"]
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self._default_name())
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Leave empty for all warehouses of the company.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        help="Leave empty for all backordered products.",
    )
    on_exception = fields.Selection(
        [
            ("continue", "Continue as far as possible"),
            ("product", "Do not change that product"),
            ("all", "Do not change anything"),
        ],
        "If a Strategy Fails",
        default="continue",
        required=True,
        help="A strategy fails if a line with Win is not ready in time, or a line with"
        " Gain gets less or later than now.",
    )
    is_firm_moved = fields.Boolean(
        "Move Firm Lines",
        tracking=True,
        help="Also change firm lines. A reason is required.",
    )
    firm_reason = fields.Char("Reason for Moving Firm Lines", tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("simulated", "Simulated"),
            ("committed", "Committed"),
            ("cancelled", "Discarded"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        server_only=True,
    )
    segment_ids = fields.One2many(
        "backorder.run.segment",
        "run_id",
        "Segments",
        copy=True,
        default=lambda self: self._default_segment_ids(),
    )
    line_ids = fields.One2many(
        "backorder.run.line", "run_id", "Lines", readonly=True, server_only=True
    )
    moving_line_ids = fields.One2many(
        "backorder.run.line",
        "run_id",
        "Changed Lines",
        domain=["|", ("is_moving", "=", True), ("is_exception", "=", True)],
        readonly=True,
    )
    compared_run_id = fields.Many2one(
        "backorder.run",
        "Compare With",
        copy=False,
        check_company=True,
        domain="[('id', '!=', id), ('state', '!=', 'draft')]",
        help="Another simulation to show next to this one.",
    )
    fingerprints = fields.Json(readonly=True, copy=False, server_only=True)
    simulated_date = fields.Datetime(
        "Simulated On", readonly=True, copy=False, server_only=True
    )
    committed_date = fields.Datetime(
        "Committed On", readonly=True, copy=False, server_only=True
    )
    committed_by = fields.Many2one(
        "res.users", readonly=True, copy=False, server_only=True
    )
    better_count = fields.Integer("Better", readonly=True, copy=False, server_only=True)
    same_count = fields.Integer("Same", readonly=True, copy=False, server_only=True)
    worse_count = fields.Integer("Worse", readonly=True, copy=False, server_only=True)
    exception_count = fields.Integer(
        "Exceptions", readonly=True, copy=False, server_only=True
    )
    better_value = fields.Monetary(
        "Value Better Off", readonly=True, copy=False, server_only=True
    )
    worse_value = fields.Monetary(
        "Value Worse Off", readonly=True, copy=False, server_only=True
    )
    old_late_days = fields.Integer(
        "Days Late Before",
        readonly=True,
        copy=False,
        help="Days after the requested date, added up over all lines.",
        server_only=True,
    )
    new_late_days = fields.Integer(
        "Days Late After", readonly=True, copy=False, server_only=True
    )
    compared_better_count = fields.Integer(
        "Better (Other Run)", related="compared_run_id.better_count"
    )
    compared_same_count = fields.Integer(
        "Same (Other Run)", related="compared_run_id.same_count"
    )
    compared_worse_count = fields.Integer(
        "Worse (Other Run)", related="compared_run_id.worse_count"
    )
    compared_exception_count = fields.Integer(
        "Exceptions (Other Run)", related="compared_run_id.exception_count"
    )
    compared_better_value = fields.Monetary(
        "Value Better Off (Other Run)", related="compared_run_id.better_value"
    )
    compared_worse_value = fields.Monetary(
        "Value Worse Off (Other Run)", related="compared_run_id.worse_value"
    )
    compared_new_late_days = fields.Integer(
        "Days Late After (Other Run)", related="compared_run_id.new_late_days"
    )

    @api.model
    def _default_name(self):
        now = format_datetime(self.env, fields.Datetime.now(), dt_format="short")
        return self.env._("Run of %s", now)

    @api.model
    def _default_segment_ids(self):
        """Urgent orders win, all others keep what they have or improve."""
        return [
            Command.create(
                {
                    "sequence": 10,
                    "name": self.env._("Urgent orders"),
                    "domain": "[('order_id.backorder_priority', '=', 'urgent')]",
                    "strategy": "win",
                }
            ),
            Command.create(
                {
                    "sequence": 20,
                    "name": self.env._("All others"),
                    "domain": "[]",
                    "strategy": "improve",
                }
            ),
        ]

    # ------------------------------------------------------------------
    # Protection of results
    # ------------------------------------------------------------------

    def write(self, vals):
        if vals.keys() - {"compared_run_id", "name"} and not self.env.su:
            self._check_is_open()
        result = super().write(vals)
        if {
            "warehouse_ids",
            "product_ids",
            "on_exception",
            "is_firm_moved",
        } & vals.keys():
            self._forget_simulation()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._check_is_open()

    def _check_is_open(self):
        """:raise UserError: when a run is committed"""
        done = self.filtered(lambda run: run.state == "committed")
        if done:
            raise UserError(
                self.env._(
                    "%s is committed and cannot be changed. Duplicate it instead.",
                    ", ".join(done.mapped("name")),
                )
            )

    def _forget_simulation(self):
        """Delete results of outdated settings, so that they are not committed."""
        stale = self.filtered(lambda run: run.state == "simulated").sudo()
        stale.line_ids.unlink()
        stale.write({"state": "draft", "fingerprints": False})

    def _check_manager(self):
        """Check the rights of the user for what is then done with sudo."""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only an inventory manager can reallocate stock.")
            )
        self.check_access("write")

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_simulate(self):
        """Simulate the result of these runs; nothing else changes.

        :raise AccessError: for users who are not inventory managers
        :raise UserError: when a run is committed, or no order is backordered
        """
        self._check_manager()
        self._check_is_open()
        results = [run._start("simulate") for run in self]
        return results[0] if len(results) == 1 else True

    def _start(self, step):
        """Execute a step of this run now; an addon may postpone it.

        :param step: ``simulate`` or ``commit``, already checked
        :return: True, or an action that shows the result
        """
        self.ensure_one()
        return {"simulate": self._simulate, "commit": self._commit}[step]()

    def action_discard(self):
        """Discard these runs; they can be compared, but not committed."""
        self._check_manager()
        self._check_is_open()
        self.sudo().state = "cancelled"

    def action_reopen(self):
        """Reset discarded runs to draft; they have to be simulated again."""
        self._check_manager()
        self.filtered(lambda run: run.state == "cancelled").sudo().state = "draft"

    def action_view_lines(self):
        """Open all lines of this run."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp_run.backorder_run_line_action"
        )
        return {**action, "domain": [("run_id", "=", self.id)]}

    def _prepare_overview_line(self):
        return {"title": self.display_name, "date": self.simulated_date}

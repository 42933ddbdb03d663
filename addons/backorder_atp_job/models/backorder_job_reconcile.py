# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

# Number of orders reconciled in one transaction.
BATCH = 50
# Number of lines shown in a notification.
SHOWN_LINES = 5


class BackorderJob(models.Model):
    """Reconcile orders with their transfers: one, many, or all of them nightly."""

    _inherit = "backorder.job"

    operation = fields.Selection(
        selection_add=[("reconcile", "Reconcile")], ondelete={"reconcile": "cascade"}
    )
    right_count = fields.Integer("Correct", readonly=True)
    repaired_count = fields.Integer("Repaired", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    difference_qty = fields.Float(
        "Shortage Repaired",
        compute="_compute_difference",
        digits="Product Unit",
        help="Difference between the actual and the recorded shortage, in the"
        " products' units.",
    )
    difference_cost = fields.Monetary(
        "Repaired, at Cost", compute="_compute_difference"
    )

    @api.depends("line_ids.difference_qty", "line_ids.difference_cost")
    def _compute_difference(self):
        for job in self:
            job.difference_qty = sum(job.line_ids.mapped("difference_qty"))
            job.difference_cost = sum(job.line_ids.mapped("difference_cost"))

    # ------------------------------------------------------------------
    # Creation
    # ------------------------------------------------------------------

    @api.model
    def _cron_reconcile(self):
        """Reconcile the open orders and check the stock of each company."""
        companies = self.env["res.company"].sudo().search([])
        companies._work_off("reconcile", self._start_nightly)

    @api.model
    def _start_nightly(self, company):
        self._start_reconciling(company)
        self._count_stock(company)

    @api.model
    def _count_stock(self, company):
        """Check that the stock of ``company`` is accounted for; extend it to notify."""

    @api.model
    def _start_reconciling(self, companies):
        """Create a job for the open orders of each of ``companies``.

        :return: a job for each company, or the one that is still in progress
        """
        jobs = self.browse()
        for company in companies:
            domain = [
                ("operation", "=", "reconcile"),
                ("state", "!=", "done"),
                ("company_id", "=", company.id),
            ]
            under_way = self.sudo().search(domain, limit=1)
            jobs |= under_way or self._start_for_company(company)
        return jobs

    def _start_for_company(self, company):
        orders = self.env["sale.order"].sudo()._get_pending(company)
        if orders:
            return self._start("reconcile", orders)
        return self.sudo().create(
            {
                **self._prepare_job("reconcile", company, orders),
                "state": "done",
                "end_date": fields.Datetime.now(),
            }
        )

    def _finish_at_once(self):
        """Process these jobs in the current transaction."""
        for job in self.with_context(backorder_job_quiet=True):
            while job.state != "done":
                job._process_next()

    def action_reconcile_all(self):
        """Reconcile all open orders; see ``sale.order.action_reconcile_all``."""
        return self.env["sale.order"].action_reconcile_all()

    # ------------------------------------------------------------------
    # Processing
    # ------------------------------------------------------------------

    def _get_step(self):
        return BATCH if self.operation == "reconcile" else super()._get_step()

    def _run(self, orders):
        if self.operation != "reconcile":
            return super()._run(orders)
        outcomes = orders._reconcile(f"reconcile:{self.user_id.login}")
        return {
            order: self._prepare_reconcile_result(order, outcome)
            for order, outcome in outcomes.items()
        }

    def _prepare_reconcile_result(self, order, outcome):
        if outcome["result"] == "right":
            return self._prepare_result("right")
        impact = order._get_stock_impact()
        difference = outcome.get("difference", {})
        return self._prepare_result(
            outcome["result"],
            outcome.get("error") or order._shorten_changes(outcome["changes"]),
            open_qty=impact["totalQuantity"],
            open_cost=impact["totalValue"],
            difference_qty=sum(difference.values()),
            difference_cost=sum(
                quantity * line._get_unit_cost()
                for line, quantity in difference.items()
            ),
        )

    def _is_worth_keeping(self, values):
        """Keep lines only for orders with differences, as there is a job each night."""
        return super()._is_worth_keeping(values) and values["result"] != "right"

    def _get_counters(self):
        return {
            **super()._get_counters(),
            "right": "right_count",
            "repaired": "repaired_count",
        }

    # ------------------------------------------------------------------
    # Notifications
    # ------------------------------------------------------------------

    def _send_progress(self):
        # the user who waits for the result needs no message
        if not self.env.context.get("backorder_job_quiet"):
            return super()._send_progress()
        return None

    def _get_message(self):
        if self.operation != "reconcile":
            return super()._get_message()
        return self.env._(
            "%(right)s correct, %(repaired)s repaired, %(failed)s failed",
            right=self.right_count,
            repaired=self.repaired_count,
            failed=self.failed_count,
        )

    def _get_reconcile_notification(self):
        repaired = sum(self.mapped("repaired_count"))
        failed = sum(self.mapped("failed_count"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if failed else "warning" if repaired else "success",
                "title": self.env._("Reconciled"),
                "message": "\n".join(
                    [
                        *(job._get_message() for job in self),
                        *(
                            f"{line.order_name}: {line.message}"
                            for line in self.line_ids[:SHOWN_LINES]
                        ),
                    ]
                ),
                "sticky": bool(failed or repaired),
                "className": "o_backorder_notification",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_orders(self):
        """Open the orders that this job has repaired, or could not repair."""
        self.ensure_one()
        if not self.line_ids.order_id:
            raise UserError(self.env._("All orders were correct."))
        action = self.env["ir.actions.actions"]._for_xml_id(
            "backorder_atp.sale_order_action_backorder"
        )
        return {
            **action,
            "name": self.display_name,
            "domain": [("id", "in", self.line_ids.order_id.ids)],
        }

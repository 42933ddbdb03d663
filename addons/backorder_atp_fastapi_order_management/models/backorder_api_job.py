# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.backorder_atp_fastapi.problems import not_found


class BackorderApiJob(models.AbstractModel):
    """Operations on many orders: reconciling them, and allocating all of them."""

    _name = "backorder.api.job"
    _description = "Backorder HTTP API: Jobs"
    _inherit = "backorder.api"

    # ------------------------------------------------------------------
    # At once
    # ------------------------------------------------------------------

    def _reconcile_orders(self, payload):
        result = self._find_orders(payload.order_ids).reconcile()
        return {
            **result,
            "currency": self.env.company.currency_id.name,
            "reconciledAt": self._to_moment(
                fields.Datetime.to_datetime(result["reconciledAt"])
            ),
            "results": [self._prepare_outcome(row) for row in result["results"]],
        }

    def _find_orders(self, order_ids):
        orders = self.env["sale.order"].search(
            [("id", "in", order_ids), ("company_id", "=", self.env.company.id)]
        )
        missing = [
            str(order_id) for order_id in order_ids if order_id not in orders.ids
        ]
        if missing:
            raise not_found(self.env._("Order not found: %s", ", ".join(missing)))
        return orders

    def _prepare_outcome(self, row):
        items = [
            self._replace_false(item, "sku", "location")
            for item in row["impact"]["items"]
        ]
        impact = {**row["impact"], "items": items}
        return {**self._replace_false(row, "error"), "impact": impact}

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    def _reconcile_all(self):
        action = self.env["sale.order"].action_reconcile_all()
        return self._prepare_jobs(action["params"]["job_ids"])

    def _allocate_all(self):
        """Start to allocate all backordered orders, in the order of the queue."""
        orders = self.env["sale.order"]
        orders._check_operator()
        domain = Domain("company_id", "=", self.env.company.id)
        found = orders.search(domain & orders._get_backordered_domain())
        if not found:
            return {"jobs": []}
        return self._prepare_jobs(found._fulfil_many()["params"]["job_ids"])

    def _get_job(self, job_id):
        job = self.env["backorder.job"].search(
            [("id", "=", job_id), ("company_id", "=", self.env.company.id)]
        )
        if not job:
            raise not_found(self.env._("Job not found: %s", job_id))
        return self._prepare_jobs(job.ids)["jobs"][0]

    def _prepare_jobs(self, job_ids):
        jobs = self.env["backorder.job"].browse(job_ids)
        return {
            "jobs": [
                {
                    "job_id": row["id"],
                    "name": row["name"],
                    "status": row["state"],
                    "total": row["total"],
                    "done": row["done"],
                    "failed": row["failed"],
                    "message": row["message"],
                    "results": row["reasons"],
                }
                for row in jobs.get_progress()
            ]
        }

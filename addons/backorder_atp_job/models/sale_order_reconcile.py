# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.sale_order_line import BACKORDER_FIELDS
from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES

_logger = logging.getLogger(__name__)

MANAGER_GROUP = "backorder_atp.group_inventory_manager"


class SaleOrder(models.Model):
    """Backorder states and quantities of orders, recomputed from their moves.

    States and quantities follow the moves automatically. They can only differ after a
    change that bypassed Odoo, such as an import by SQL, a restored table or a faulty
    addon. Reconciling is idempotent.
    """

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Asking for it
    # ------------------------------------------------------------------

    def action_reconcile(self):
        """Reconcile these orders: a few immediately, many in the background.

        :return: a notification with the numbers of correct, repaired and failed orders,
            and the differences; or a dialog with the progress of the job
        :raise AccessError: for users who are not inventory managers
        :raise UserError: when an order does not exist
        """
        self._check_existence()
        self._check_backorder_group(MANAGER_GROUP)
        jobs = self.env["backorder.job"]._start("reconcile", self)
        if len(self) > self.env.company.backorder_retry_batch:
            return jobs._follow()
        jobs._finish_at_once()
        return jobs._get_reconcile_notification()

    @api.model
    def action_reconcile_all(self):
        """Reconcile all open orders in the background, and check the stock.

        :return: a dialog with the progress of the jobs, one for each company
        :raise AccessError: for users who are not inventory managers
        """
        self._check_backorder_group(MANAGER_GROUP)
        jobs = self.env["backorder.job"]
        companies = self.env.companies
        for company in companies:
            jobs._count_stock(company)
        return jobs._start_reconciling(companies)._follow()

    def reconcile(self):
        """Reconcile these orders immediately, for other programs.

        :return: ``{"totalOrders", "rightCount", "repairedCount", "failedCount",
            "reconciledAt", "results": [{"orderId", "orderNumber", "status", "changes",
            "error", "impact"}]}``: the status is ``right``, ``repaired`` or ``failed``,
            the changes are texts, the impact is that of :meth:`_get_stock_impact`
        :raise AccessError: for users who are not inventory managers
        :raise UserError: when an order does not exist
        """
        self._check_existence()
        self._check_backorder_group(MANAGER_GROUP)
        outcomes = self.sudo()._reconcile(f"reconcile:{self.env.user.login}")
        results = [
            order._prepare_reconcile_result(outcome)
            for order, outcome in outcomes.items()
        ]
        statuses = [result["status"] for result in results]
        return {
            "totalOrders": len(results),
            **{
                f"{name}Count": statuses.count(name)
                for name in ("right", "repaired", "failed")
            },
            "reconciledAt": fields.Datetime.to_string(fields.Datetime.now()),
            "results": results,
        }

    def _prepare_reconcile_result(self, outcome):
        return {
            "orderId": self.id,
            "orderNumber": self.name,
            "status": outcome["result"],
            "changes": outcome.get("changes", []),
            "error": outcome.get("error", False),
            "impact": self._get_stock_impact(),
        }

    @api.model
    def process_pending_backorders(self):
        """Retry all orders on backorder now; see :meth:`process_backorders`.

        :raise AccessError: for users who are not operators
        """
        backordered = self.search(self._get_backordered_domain())
        return backordered.process_backorders()

    @api.model
    def _get_pending(self, company):
        """Return the orders of ``company`` that are open or have a backorder state."""
        self.flush_model(["backorder_state", "backordered_since", "company_id"])
        self.env["sale.order.line"].flush_model([*BACKORDER_FIELDS, "order_id"])
        self.env["stock.move"].flush_model(["state", "sale_line_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM sale_order
                 WHERE company_id = %(company)s
                   AND (backorder_state != 'none' OR backordered_since IS NOT NULL)
                UNION
                SELECT line.order_id FROM sale_order_line line
                 WHERE line.company_id = %(company)s
                   AND (line.open_qty != 0 OR line.backorder_product_qty != 0)
                UNION
                SELECT line.order_id FROM stock_move move
                  JOIN sale_order_line line ON line.id = move.sale_line_id
                 WHERE move.company_id = %(company)s AND move.state IN %(open)s
                 ORDER BY id
                """,
                company=company.id,
                open=OPEN_MOVE_STATES,
            )
        )
        return self.browse([id_ for [id_] in self.env.cr.fetchall()])

    # ------------------------------------------------------------------
    # Reconciling
    # ------------------------------------------------------------------

    def _reconcile(self, source):
        """Reconcile these orders, each one separately.

        :return: ``{order: {"result": right, repaired or failed, "changes":
            [difference], "error": reason, "difference": {line: repaired shortage}}}``
        """
        try:
            return self._reconcile_together(source)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if len(self) == 1:
                return {self: self._get_reconcile_failure(error)}
        outcomes = {}
        for order in self:
            outcomes |= order._reconcile(source)
        return outcomes

    def _get_reconcile_failure(self, error):
        if isinstance(error, UserError):
            return {"result": "failed", "error": str(error)}
        _logger.error("Could not reconcile %s", self, exc_info=error)
        message = self.env._("Unexpected error; the server log has the details.")
        return {"result": "failed", "error": message}

    def _reconcile_together(self, source):
        with self.env.cr.savepoint():
            before = self._get_kept_figures()
            with self.env["backorder.event"]._caused_by(source):
                self._restore_backordered_since()
                self._recompute_backorder_figures()
                after = self._get_kept_figures()
                outcomes = {
                    order: order._compare_figures(before[order.id], after[order.id])
                    for order in self
                }
                self._log_repairs(outcomes, before, after)
        return outcomes

    def _restore_backordered_since(self):
        """Restore the missing start of a backorder from the log."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order so SET backordered_since = last.date
                  FROM (SELECT DISTINCT ON (event.order_id)
                               event.order_id, event.event_type,
                               COALESCE((event.payload->>'backorderedSince')::timestamp,
                                        event.date) AS date
                          FROM backorder_event event
                         WHERE event.order_id = ANY(%s)
                           AND event.event_type IN
                               ('order:backordered', 'order:backorder_resolved')
                         ORDER BY event.order_id, event.id DESC) last
                 WHERE so.id = last.order_id AND so.backordered_since IS NULL
                   AND last.event_type = 'order:backordered'
                """,
                self.ids,
            )
        )
        self.invalidate_recordset(["backordered_since"], flush=False)

    def _get_kept_figures(self):
        """Return the stored backorder figures of these orders.

        :return: ``{order_id: {"state", "since", "lines": {line_id: figures}}}``
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT id, COALESCE(backorder_state, 'none'), backordered_since
                     FROM sale_order WHERE id = ANY(%s)""",
                self.ids,
            )
        )
        kept = {
            id_: {"state": state, "since": since, "lines": {}}
            for id_, state, since in self.env.cr.fetchall()
        }
        self.env.cr.execute(
            SQL(
                "SELECT order_id, id, %s FROM sale_order_line WHERE order_id = ANY(%s)",
                SQL(", ").join(
                    SQL("COALESCE(%s, 0)::float8", SQL.identifier(name))
                    for name in BACKORDER_FIELDS
                ),
                self.ids,
            )
        )
        for order_id, line_id, *figures in self.env.cr.fetchall():
            kept[order_id]["lines"][line_id] = dict(
                zip(BACKORDER_FIELDS, figures, strict=True)
            )
        return kept

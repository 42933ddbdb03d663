# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.backorder_event_log import SOURCE
from odoo.addons.backorder_atp.models.backorder_queue_mixin import PAUSE
from odoo.addons.backorder_atp.transaction import TransactionDict

# By product and warehouse: whether only demand increased, and what caused it.
CHANGES = TransactionDict("backorder_atp.promise_changes")
# Lines promised in this transaction, with the supply that it sees.
PROMISED = TransactionDict("backorder_atp.promised_lines")
# How many rechecks are processed in one transaction.
BATCH = 200


class BackorderPromiseRecheck(models.Model):
    """A change of supply or demand after which promised dates are rechecked.

    Created in the transaction of the change, if open orders for the product have
    been promised; processed by a scheduled action, many products at a time.
    """

    _name = "backorder.promise.recheck"
    _inherit = "backorder.queue.mixin"
    _description = "Promised Date Recheck"
    _cron_xmlid = "backorder_atp_promise_date.ir_cron_process_promises"

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    @api.model
    def _record(self, keys, source=None, is_demand=False):
        """Record, once per transaction, that ``(product_id, warehouse_id)`` changed.

        :param is_demand: whether only demand increased, which only affects lines that
            are not allocated
        """
        cr = self.env.cr
        source = SOURCE.get(cr) or source or "stock-changed"
        for key in keys:
            was_demand, sources = CHANGES.get_all(cr).get(key, (True, {}))
            CHANGES.put(cr, key, (was_demand and is_demand, {**sources, source: True}))
        CHANGES.work_off(cr, self.sudo()._create_rechecks)

    @api.model
    def _record_promised(self, lines):
        """Record that these lines were promised in this transaction."""
        PROMISED.put_all(self.env.cr, dict.fromkeys(lines.ids, True))

    @api.model
    def _create_rechecks(self):
        changes = CHANGES.take(self.env.cr)
        promised = set(PROMISED.take(self.env.cr))
        affected = self._get_affected(changes, promised)
        rechecks = self.create(
            [
                {
                    "product_id": key[0],
                    "warehouse_id": key[1],
                    "trigger_source": ", ".join(changes[key][1]),
                }
                for key in sorted(affected)
            ]
        )
        if rechecks:
            self._trigger()

    def _get_affected(self, changes, promised):
        """Return the keys of ``changes`` that affect promised lines.

        More demand does not affect lines promised in this transaction.
        """
        if not changes:
            return []
        lines = self.env["sale.order.line"]
        lines.flush_model(["open_qty", "allocated_qty", "product_uom_qty", "state"])
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, BOOL_OR(is_backordered AND NOT is_new) FROM (
                    SELECT line.product_id, line.id = ANY(%(promised)s) AS is_new,
                           line.product_uom_qty > line.allocated_qty AS is_backordered
                      FROM sale_order_line line
                     WHERE line.product_id = ANY(%(products)s)
                       AND line.open_qty > 0 AND line.state = 'sale'
                     UNION ALL
                    SELECT move.product_id, line.id = ANY(%(promised)s), TRUE
                      FROM stock_move move  -- components of kits
                      JOIN sale_order_line line ON line.id = move.sale_line_id
                     WHERE move.product_id = ANY(%(products)s)
                       AND move.state IN ('confirmed', 'partially_available')
                       AND line.product_id != move.product_id) affected
                 GROUP BY product_id
                """,
                products=list({key[0] for key in changes}),
                promised=list(promised),
            )
        )
        has_backordered = dict(self.env.cr.fetchall())
        return [
            key
            for key, (is_demand, _sources) in changes.items()
            if key[0] in has_backordered and (has_backordered[key[0]] or not is_demand)
        ]

    # ------------------------------------------------------------------
    # Processing
    # ------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Recheck promised dates, a batch per transaction."""
        self._work_off(lambda rechecks: rechecks._process_each())

    @api.model
    def _take_next(self):
        due = self._get_due_domain()
        return self.search(due, limit=BATCH).try_lock_for_update()

    def _process_each(self):
        """Recheck the promises of these products; set aside those that fail.

        :return: the number of rechecks
        """
        count = len(self)
        failed = self.env["backorder.failure"]._work_on_each(
            "promise",
            self.product_id,
            lambda products: self.filtered(
                lambda recheck: recheck.product_id in products
            )._process(),
        )
        left = self.exists().filtered(lambda recheck: recheck.product_id in failed)
        left.retry_date = fields.Datetime.now() + PAUSE
        return count

    def _process(self):
        """Recheck the promises of these products, and delete the rechecks."""
        groups = self.grouped(
            lambda recheck: (recheck.product_id, recheck.warehouse_id)
        )
        self.env["sale.order.line"]._recheck_promises(
            {key: rechecks._get_sources() for key, rechecks in groups.items()}
        )
        self.unlink()

    @api.model
    def _cron_follow_calendar(self):
        """Recheck once a day what changes with time: late receipts, lead times."""
        companies = self.env["res.company"].search([])
        companies._work_off("promise", self._follow_calendar)

    def _follow_calendar(self, company):
        moves = self.env["stock.move"].search(
            [
                ("state", "in", ("waiting", "confirmed", "partially_available")),
                ("sale_line_id", "!=", False),
                ("product_id.is_storable", "=", True),
                ("company_id", "=", company.id),
            ]
        )
        keys = {
            (move.product_id.id, move.location_id.warehouse_id.id)
            for move in moves
            if move.location_id.warehouse_id
        }
        self._record(keys, "calendar")

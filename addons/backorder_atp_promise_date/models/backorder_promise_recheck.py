# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.backorder_event import SOURCE
from odoo.addons.backorder_atp.models.backorder_queue_mixin import PAUSE
from odoo.addons.backorder_atp.transaction import TransactionDict

# By product and warehouse: whether only demand grew, and what caused it.
NOTES = TransactionDict("backorder_atp.promise_notes")
# Lines promised in this transaction: they know what there is.
PROMISED = TransactionDict("backorder_atp.promised_lines")
# How many checks are worked off in one transaction.
BATCH = 200


class BackorderPromiseRecheck(models.Model):
    """A note that supply or demand of a product changed: promises may move.

    Written in the transaction of the change, where somebody was promised
    something; worked off by a scheduled action, many products at a time.
    """

    _name = "backorder.promise.recheck"
    _inherit = "backorder.queue.mixin"
    _description = "Promise Check"
    _cron_xmlid = "backorder_atp_promise_date.ir_cron_process_promises"

    # ------------------------------------------------------------------
    # Noting
    # ------------------------------------------------------------------

    @api.model
    def _record(self, keys, source=None, is_demand=False):
        """Note, once per transaction, that ``(product_id, warehouse_id)`` changed.

        :param is_demand: whether only demand grew, which touches none but those who
            still wait
        """
        cr = self.env.cr
        source = SOURCE.get(cr) or source or "stock-changed"
        for key in keys:
            before = NOTES.get_all(cr).get(key, (True, {}))
            note = (before[0] and is_demand, {**before[1], source: True})
            NOTES.put(cr, key, note)
        NOTES.work_off(cr, self.sudo()._write_notes)

    @api.model
    def _record_promised(self, lines):
        """Note that these lines were promised on what this transaction sees."""
        PROMISED.put_all(self.env.cr, dict.fromkeys(lines.ids, True))

    @api.model
    def _write_notes(self):
        notes = NOTES.take(self.env.cr)
        promised = set(PROMISED.take(self.env.cr))
        affected = self._get_affected(notes, promised)
        checks = self.create(
            [
                {
                    "product_id": key[0],
                    "warehouse_id": key[1],
                    "trigger_source": ", ".join(notes[key][1]),
                }
                for key in sorted(affected)
            ]
        )
        if checks:
            self._trigger()

    def _get_affected(self, notes, promised):
        """Return the keys of ``notes`` for which somebody was promised something.

        More demand does not touch those who were promised in this transaction.
        """
        if not notes:
            return []
        lines = self.env["sale.order.line"]
        lines.flush_model(["open_qty", "allocated_qty", "product_uom_qty", "state"])
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, BOOL_OR(is_waiting AND NOT is_new) FROM (
                    SELECT line.product_id, line.id = ANY(%(promised)s) AS is_new,
                           line.product_uom_qty > line.allocated_qty AS is_waiting
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
                products=list({key[0] for key in notes}),
                promised=list(promised),
            )
        )
        is_waited_for = dict(self.env.cr.fetchall())
        return [
            key
            for key, (is_demand, _sources) in notes.items()
            if key[0] in is_waited_for and (is_waited_for[key[0]] or not is_demand)
        ]

    # ------------------------------------------------------------------
    # Working them off
    # ------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Look again at what was promised, a batch per transaction."""
        self._work_off(lambda checks: checks._process_each())

    @api.model
    def _take_next(self):
        due = self._get_due_domain()
        return self.search(due, limit=BATCH).try_lock_for_update()

    def _process_each(self):
        """Check the promises of these products; set aside those that fail.

        :return: how many checks there were
        """
        count = len(self)
        failed = self.env["backorder.failure"]._work_on_each(
            "promise",
            self.product_id,
            lambda products: self.filtered(
                lambda check: check.product_id in products
            )._process(),
        )
        left = self.exists().filtered(lambda check: check.product_id in failed)
        left.retry_date = fields.Datetime.now() + PAUSE
        return count

    def _process(self):
        """Check the promises of these products, and forget the notes."""
        groups = self.grouped(lambda check: (check.product_id, check.warehouse_id))
        self.env["sale.order.line"]._recheck_promises(
            {key: checks._get_sources() for key, checks in groups.items()}
        )
        self.unlink()

    @api.model
    def _cron_follow_calendar(self):
        """Once a day, look at what only time changes: late receipts, lead times."""
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

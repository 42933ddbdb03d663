# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class BackorderRetry(models.Model):
    """The retry queue: products and warehouses with stock that has become free.

    An entry is created in the transaction that brings the stock and processed by a
    scheduled action. It survives a server crash, and validating a receipt does not
    wait for the allocation.
    """

    _name = "backorder.retry"
    _inherit = "backorder.queue.mixin"
    _description = "Retry Queue Entry"
    _cron_xmlid = "backorder_atp.ir_cron_process_retries"

    since = fields.Datetime(
        default=fields.Datetime.now,
        required=True,
        readonly=True,
        help="When the stock arrived. Later attempts do not change it.",
    )
    position = fields.Json(
        help="The position in the queue from which the retry continues."
    )

    # ------------------------------------------------------------------
    # Adding entries
    # ------------------------------------------------------------------

    @api.model
    def _enqueue(self, sources):
        """Create an entry for each ``(product_id, warehouse_id): source``."""
        if not sources:
            return self.browse()
        entries = self.sudo().create(
            [
                {"product_id": key[0], "warehouse_id": key[1], "trigger_source": source}
                for key, source in sorted(sources.items())
            ]
        )
        self._trigger()
        return entries

    @api.model
    def _enqueue_backordered(self, products=None, warehouses=None, source=None):
        """Create entries for all of these that backordered orders need."""
        keys = {
            *self._get_backordered_keys(products, warehouses),
            *self.env["backorder.override"]._get_pending_keys(products, warehouses),
        }
        return self._enqueue(dict.fromkeys(keys, source))

    @api.model
    def _get_backordered_keys(self, products=None, warehouses=None):
        """Return each ``(product_id, warehouse_id)`` that backordered orders need."""
        lines = self.env["sale.order.line"].sudo()
        lines.flush_model(["backorder_product_qty"])
        domain = Domain("backorder_product_qty", ">", 0)
        if products is not None:
            domain &= lines._get_demand_domain(products)
        keys = {
            (product.id, warehouse.id)
            for line in lines.search(domain)
            for product, warehouse in line._get_demand_keys()
            if warehouses is None or warehouse in warehouses
        }
        return sorted(keys)

    @api.model
    def _get_unserved(self, products):
        """Return which stock of ``products`` is still to be allocated to the queue.

        :return: ``{(product_id, warehouse_id): whether it only has to be reserved}``;
            stock that no order needs is left out
        """
        entries = self.sudo().search_fetch(
            [
                ("product_id", "in", products.ids),
                ("company_id.promise_phase", "!=", "dark"),
            ],
            ["product_id", "warehouse_id", "is_reservation"],
        )
        if not entries:
            return {}
        needed = self._get_backordered_keys(entries.product_id, entries.warehouse_id)
        unserved = {}
        for entry in entries:
            key = entry.product_id.id, entry.warehouse_id.id
            if entry.is_reservation or key in needed:
                unserved[key] = key not in needed
        return unserved

    # ------------------------------------------------------------------
    # Processing
    # ------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Allocate the stock that has arrived to backordered orders.

        Each batch is committed with its position in the queue.
        """
        self._work_off(
            lambda entries: entries._process_entries(),
            on_error=lambda entries, error: entries._set_aside("retry", error),
        )
        self.env["stock.quant"]._end_replenishing()

    @api.model
    def _take_next(self):
        """Lock the oldest free entry, and the new ones for the same stock.

        An entry in progress continues alone: stock that arrived later starts at the
        head of the queue after this entry has reached the end.
        """
        due = self._get_due_domain()
        first = self.search(due, limit=100).try_lock_for_update(limit=1)
        if not first or first.position:
            return first
        fresh = self.search(
            due
            & Domain("product_id", "=", first.product_id.id)
            & Domain("warehouse_id", "=", first.warehouse_id.id)
        ).filtered(lambda entry: not entry.position)
        return first | fresh.try_lock_for_update()

    def _process_entries(self):
        """Process these entries; return how many of them are completed."""
        product, count = self.product_id, len(self)
        is_done = self._process_batch()
        self.env["backorder.failure"]._forget("retry", product)
        return count if is_done else 0

    def _process_batch(self):
        """Try the next orders of the queue; delete the entries at its end.

        :return: whether these entries are completed
        """
        product, warehouse = self.product_id, self.warehouse_id
        self._repick_returned(product, warehouse)
        size = warehouse.company_id.backorder_retry_batch
        queue = self._get_queue(product, warehouse, self[0].position, limit=size)
        if queue and self._can_allocate(product, warehouse):
            with self.env["backorder.event"]._caused_by(self._get_sources()):
                self._try_queue(queue)
            self[0].position = queue[-1]["position"]
            if len(queue) == size:
                (self - self[0]).unlink()
                return False
        self.env["backorder.override"]._settle_pending(product, warehouse)
        was_reserving = any(self.mapped("is_reservation"))
        self.unlink()
        self.env["sale.order.line"]._refresh_uncovered(
            product, warehouse, with_due=was_reserving
        )
        return True

    def _repick_returned(self, product, warehouse):
        """Pick goods again that were put back on the shelf, once for each entry."""
        if self[0].position or warehouse.company_id.promise_phase == "dark":
            return
        with self.env["backorder.event"]._caused_by(self._get_sources()):
            self.env["stock.move"]._repick_returned(product, warehouse)

    def _can_allocate(self, product, warehouse):
        """Whether there is stock to reserve. In the monitor phase Odoo reserves it."""
        return (
            warehouse.company_id.promise_phase != "dark"
            and self._is_reservation_automatic()
            and self._get_free_quantity(product, warehouse) > 0
        )

    @api.model
    def _is_reservation_automatic(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return not parameters.get_param("stock.picking_no_auto_reserve")

    # ------------------------------------------------------------------
    # Reserving
    # ------------------------------------------------------------------

    @api.model
    def _try_queue(self, queue):
        """Reserve for the whole queue; if that fails, for one order at a time.

        :return: ``{order_id: error}`` of the orders that could not be tried
        """
        moves = self.env["stock.move"].browse(
            [id_ for row in queue for id_ in row["move_ids"]]
        )
        orders = self.env["sale.order"].browse(
            dict.fromkeys(row["order_id"] for row in queue if row["order_id"])
        )
        before = orders._get_backorder_snapshot()
        error = self._try_reserving(moves)
        failures = self._try_one_by_one(queue) if error else {}
        orders._log_retry(before, failures)
        return failures

    @api.model
    def _try_one_by_one(self, queue):
        failures = {}
        for row in queue:  # an order may come more than once
            moves = self.env["stock.move"].browse(row["move_ids"])
            if error := self._try_reserving(moves):
                failures[row["order_id"]] = error
        return failures

    @api.model
    def _try_reserving(self, moves):
        """Reserve all ``moves`` or none of them.

        :return: the error message, or None; an error does not affect other orders
        """
        try:
            with self.env.cr.savepoint():
                moves._reserve_in_order()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            return str(error)
        except Exception:
            _logger.exception("Could not reserve %s", moves)
            return self.env._("Unexpected error; the server log has the details.")
        return None

    def _prepare_overview_line(self):
        return {
            "title": self.product_id.display_name,
            "detail": self.warehouse_id.display_name,
            "date": self.since,
        }

    @api.model
    def _get_overdue_domain(self):
        """Return the domain of entries older than their company's limit."""
        now = fields.Datetime.now()
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(
                "since", "<=", now - timedelta(minutes=company.backorder_retry_minutes)
            )
            for company in self.env.companies.sudo()
        )

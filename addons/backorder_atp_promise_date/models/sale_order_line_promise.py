# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.backorder_atp.dates import get_near_day

from .stock_availability_promise import Promise, PromiseRequest

# Added at installation, see ``add_columns``.
PROMISE_COLUMNS = {
    "sale_order": {"first_promise_date": "date", "promised_date": "date"},
    "sale_order_line": {
        "first_promise_date": "date",
        "promised_date": "date",
        "promise_notified_date": "date",
        "is_promise_covered": "boolean",
    },
}


class SaleOrderLine(models.Model):
    """Promised date of each order line."""

    _inherit = "sale.order.line"

    expected_promise_date = fields.Date(
        "Can Be Promised For",
        compute="_compute_expected_promise",
        help="The first day for which the whole quantity can be promised. On a"
        " confirmed order, the promised date.",
    )
    is_expected_promise_covered = fields.Boolean(
        "Covered by Supply", compute="_compute_expected_promise"
    )
    expected_promise_source = fields.Char(
        "Promised From",
        compute="_compute_expected_promise",
        help="The quantities available on each day, and the receipts that bring them.",
    )
    first_promise_date = fields.Date(
        "First Promised For",
        readonly=True,
        copy=False,
        help="The date promised when the order was confirmed.",
        server_only=True,
    )
    promised_date = fields.Date(
        "Promised For",
        readonly=True,
        copy=False,
        help="The date that can be promised now. It is updated as supply changes.",
        server_only=True,
    )
    promise_notified_date = fields.Date(
        "Last Notified Date",
        readonly=True,
        copy=False,
        help="The last date the customer was notified of.",
        server_only=True,
    )
    is_promise_covered = fields.Boolean(
        "Promise Covered",
        readonly=True,
        copy=False,
        help="Stock and planned receipts cover the promised date.",
        server_only=True,
    )

    # Finds the lines to recheck when supply changes.
    _open_promise_idx = models.Index("(product_id) WHERE open_qty > 0")

    # ------------------------------------------------------------------
    # Quotations
    # ------------------------------------------------------------------

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "warehouse_id",
        "state",
        "customer_lead",
        "order_id.commitment_date",
        "promised_date",
        "is_promise_covered",
    )
    def _compute_expected_promise(self):
        quoted = self.filtered(
            lambda line: line.state in ("draft", "sent") and line._needs_stock()
        )
        promises = quoted._get_promises(by_order=True)
        # the receipts of all lines at once
        receipt_ids = [row[0] for found in promises.values() for row in found.receipts]
        receipts = self.env["stock.move"].sudo().browse(receipt_ids)
        for line in self:
            promise = promises.get(line)
            line.expected_promise_date = promise.date if promise else line.promised_date
            line.is_expected_promise_covered = (
                promise.is_covered if promise else line.is_promise_covered
            )
            line.expected_promise_source = promise and line._describe_promise(
                promise, receipts
            )

    def _get_promises(self, by_order=False, promisable=None):
        """Return ``{line: Promise}`` for lines that take stock, in one SQL statement.

        Lines of one order share the available stock; so do all orders, unless
        ``by_order``.

        :param promisable: what was just found available to these orders, if known
        """
        lines = self._with_sibling_lines()
        special = lines._get_orders_with_own_stock()
        promises = {}
        for orders in [lines.order_id - special, *special]:
            own = lines.filtered(lambda line, orders=orders: line.order_id in orders)
            promises.update(
                own._request_promises(by_order, orders & special, promisable)
            )
        return promises

    def _request_promises(self, by_order, excluded_orders, promisable):
        own_supply = self.filtered("product_id")._filter_own_supply()
        rows = (self - own_supply)._get_promise_demand()
        requests = [
            PromiseRequest(
                product=product._origin,
                warehouse=warehouse,
                quantity=quantity,
                wanted=line._get_wanted_day(),
                group=line.order_id if by_order else None,
            )
            for line, product, warehouse, quantity in rows
        ]
        found = (
            self.env["stock.availability"]
            .sudo()
            .get_promise_dates(requests, excluded_orders._origin, promisable)
        )
        by_line = defaultdict(list)
        for (line, *_rest), promise in zip(rows, found, strict=True):
            by_line[line].append(promise)
        return {
            **{line: self._join_promises(parts) for line, parts in by_line.items()},
            **{line: line._get_own_supply_promise() for line in own_supply},
        }

    def _join_promises(self, promises):
        """Combine the promises of the parts of a line, for example of a kit."""
        if len(promises) == 1:
            return promises[0]
        is_dated = all(promise.date for promise in promises)
        return Promise(
            date=max(promise.date for promise in promises) if is_dated else None,
            stock_day=max(p.stock_day for p in promises) if is_dated else None,
            receipts=tuple(row for promise in promises for row in promise.receipts),
            is_covered=all(promise.is_covered for promise in promises),
        )

    def _get_own_supply_promise(self):
        """Return the promise of a line that is covered by its own procurement."""
        availability = self.env["stock.availability"].sudo()
        warehouse = self.warehouse_id or self.order_id.warehouse_id
        product = self.product_id._origin
        day = self._get_own_supply_day() or availability._get_lead_day(
            product, warehouse, self._get_product_qty()
        )
        if not day:
            return Promise(date=None, is_own_supply=True)
        days = availability._get_promised_days({(warehouse, day)})
        return Promise(
            date=max(days[warehouse, day], self._get_wanted_day()),
            stock_day=day,
            is_covered=not self._has_lost_own_supply(),
            is_own_supply=True,
        )

    def _get_own_supply_day(self):
        """Return the day on which the own procurement of this line arrives."""
        moves = self._get_own_supply_moves()
        upstream = moves.move_orig_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moments = [move._get_expected_moment() for move in upstream]
        moments += self._get_requested_moments(moves)
        if not moments:
            return None
        return self._to_near_day(max(moments))

    def _get_own_supply_moves(self):
        return self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move._has_own_supply()
        )

    def _get_requested_moments(self, moves):
        """Return when documents without a receipt will bring what ``moves`` need.

        Extend it for such documents.
        """
        return []

    def _has_lost_own_supply(self):
        """Whether the own procurement of this line was cancelled."""
        moves = self._get_own_supply_moves()
        return (
            bool(moves)
            and not self._get_requested_moments(moves)
            and all(move.state == "cancel" for move in moves.move_orig_ids)
        )

    def _get_wanted_day(self):
        """Return the requested day, or else the day by Odoo's own lead time.

        Today, if both are implausible.
        """
        return (
            self._to_near_day(self.order_id.commitment_date)
            or self._get_lead_time_day()
            or self.env["stock.availability"]._get_today(self._get_own_company())
        )

    def _get_lead_time_day(self):
        try:
            return self._to_near_day(self._expected_date())
        except OverflowError:  # a lead time with too many digits
            return None

    def _to_near_day(self, moment):
        """Return the day of ``moment`` in the time zone of the company, or None.

        None for placeholders that imports write instead of an empty date.
        """
        if not moment:
            return None
        availability = self.env["stock.availability"]
        company = self._get_own_company()
        day = availability._to_day(moment, company)
        return get_near_day(day, availability._get_today(company))

    def _get_own_company(self):
        return self.company_id or self.order_id.company_id or self.env.company

    # ------------------------------------------------------------------
    # Promising
    # ------------------------------------------------------------------

    def _store_promises(self, promises):
        """Store these promises as the first and the current ones of the lines."""
        for line in self:
            promise = promises.get(line)
            if promise and promise.date:
                line.sudo().write(line._prepare_first_promise(promise))

    def _prepare_first_promise(self, promise):
        return {
            "first_promise_date": self.first_promise_date or promise.date,
            "promised_date": promise.date,
            "promise_notified_date": promise.date,
            "is_promise_covered": promise.is_covered,
        }

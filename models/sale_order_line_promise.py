# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date

from .sale_order_line_change import LINE_SERVER_FIELDS
from .stock_availability_promise import Promise, PromiseRequest

LINE_SERVER_FIELDS.update(
    {
        "first_promise_date",
        "is_promise_covered",
        "promise_told_date",
        "promised_date",
    }
)


class SaleOrderLine(models.Model):
    """The date promised to the customer, line by line."""

    _inherit = "sale.order.line"

    expected_promise_date = fields.Date(
        "Can Be Promised For",
        compute="_compute_expected_promise",
        help="The first day for which the whole quantity can be promised; what was"
        " promised, once the order is confirmed.",
    )
    is_expected_promise_covered = fields.Boolean(
        "Covered by Supply", compute="_compute_expected_promise"
    )
    expected_promise_source = fields.Char(
        "Promised From",
        compute="_compute_expected_promise",
        help="When which part is there, and the receipts that bring it.",
    )
    first_promise_date = fields.Date(
        "First Promised For",
        readonly=True,
        copy=False,
        help="What the customer was promised when the order was confirmed.",
    )
    promised_date = fields.Date(
        "Promised For",
        readonly=True,
        copy=False,
        help="What can be promised now. It follows the supply.",
    )
    promise_told_date = fields.Date(
        "Last Date Told",
        readonly=True,
        copy=False,
        help="The last date the customer heard of.",
    )
    is_promise_covered = fields.Boolean(
        "Promise Covered",
        readonly=True,
        copy=False,
        help="Whether stock and planned receipts cover the promise.",
    )

    # Who may be promised something else when supply changes.
    _open_promise_idx = models.Index("(product_id) WHERE open_qty > 0")

    # ------------------------------------------------------------------
    # While typing
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
        # of all lines at once what each of them names
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
        """Return ``{line: Promise}`` for lines that take stock, by one statement.

        Lines of one order share what is there; so do all orders, unless
        ``by_order``.

        :param promisable: what was just found available to these orders, if anything
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

    def _get_orders_with_own_stock(self):
        """Return the quotations that may have committed or kept stock already.

        Those are asked one by one, so that they do not compete with themselves.
        """
        held = self.env["stock.hold"]._filter_held(self.product_id._origin)
        holding = self.filtered(lambda line: line.product_id._origin in held)
        pending = self.order_id.filtered("requires_inventory_override")
        return pending | holding.order_id

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
        """Return the promise of a line made of several, as of a kit."""
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
        """Return when a line bought, made or shipped for itself can be there."""
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
            is_covered=True,
            is_own_supply=True,
        )

    def _get_own_supply_day(self):
        """Return the day on which what is under way for this line alone is there."""
        moves = self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move._has_own_supply()
        )
        upstream = moves.move_orig_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        purchases = moves.created_purchase_line_ids.filtered(
            lambda line: line.state != "cancel" and not line.move_ids
        )
        moments = [move._get_expected_moment() for move in upstream]
        moments += purchases.mapped("date_planned")
        if not moments:
            return None
        return self.env["stock.availability"]._to_day(max(moments), self.company_id)

    def _get_wanted_day(self):
        """Return the day the customer asked for, or Odoo's own lead time says."""
        moment = self.order_id.commitment_date or self._expected_date()
        company = self.company_id or self.order_id.company_id or self.env.company
        return self.env["stock.availability"]._to_day(moment, company)

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _describe_promise(self, promise, receipts):
        """Return when which part is there, and what of ``receipts`` brings it."""
        if promise.is_own_supply:
            return self.env._("bought or made for this order")
        if not promise.date:
            return self.env._("nothing is planned, and no vendor is known")
        parts = [self._describe_part(*part) for part in promise.parts]
        if not promise.is_covered:
            parts.append(
                self.env._("the rest after its lead time, not covered yet")
                if parts
                else self.env._("after its lead time, not covered yet")
            )
        own_ids = {row[0] for row in promise.receipts}
        names = (
            receipts.browse(own_ids)
            .with_prefetch(receipts._prefetch_ids)
            ._get_supply_names()
        )
        return "; ".join(parts) + (f" ({', '.join(names)})" if names else "")

    def _describe_part(self, day, quantity):
        product = self.product_id
        return self.env._(
            "%(quantity)s %(unit)s from %(day)s",
            quantity=f"{product.uom_id.round(quantity):g}",
            unit=product.uom_id.name,
            day=format_date(self.env, day),
        )

    def _get_promise_for_customer(self):
        """Return ``(date, whether it is covered)`` for the customer's documents.

        Nothing where the company does not show dates, or none is known.
        """
        self.ensure_one()
        if not self.company_id.sudo().promise_show_dates:
            return None
        if not self.expected_promise_date:
            return None
        return self.expected_promise_date, self.is_expected_promise_covered

    # ------------------------------------------------------------------
    # Promising
    # ------------------------------------------------------------------

    def _store_promises(self, promises):
        """Keep what is promised for these lines, as the first and the last word."""
        for line in self:
            promise = promises.get(line)
            if promise and promise.date:
                line.sudo().write(line._prepare_first_promise(promise))

    def _prepare_first_promise(self, promise):
        return {
            "first_promise_date": self.first_promise_date or promise.date,
            "promised_date": promise.date,
            "promise_told_date": promise.date,
            "is_promise_covered": promise.is_covered,
        }

    # ------------------------------------------------------------------
    # Looking again
    # ------------------------------------------------------------------

    @api.model
    def _recheck_promises(self, sources):
        """Move the promises that these changes allow or force to move.

        :param sources: ``{(product, warehouse): what changed}``
        """
        products = self.env["product.product"].union(*(key[0] for key in sources))
        warehouses = self.env["stock.warehouse"].union(*(key[1] for key in sources))
        rows = self._get_waiting_rows(products, warehouses)
        if kits := self._get_other_components(rows, products):
            products |= kits
            rows = self._get_waiting_rows(products, warehouses)
        reasons = {
            row["line"]: sources[row["product"], row["warehouse"]]
            for row in rows
            if (row["product"], row["warehouse"]) in sources
        }
        placed = self._place_rows(rows, products, warehouses)
        found = {line: placed[line] for line in reasons}
        for (product, _warehouse), source in sources.items():
            for line in self._get_own_supply_lines(product):
                found[line] = (line._get_own_supply_promise(), False)
                reasons[line] = source
        self._move_promises(found, reasons)

    def _get_own_supply_lines(self, product):
        """Return open lines of ``product`` that are bought or made for themselves."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", product.id),
                ("procure_method", "=", "make_to_order"),
                ("state", "in", ("waiting", "confirmed", "partially_available")),
                ("sale_line_id", "!=", False),
            ]
        )
        return moves.filtered(lambda move: move._has_own_supply()).sale_line_id

    @api.model
    def _get_waiting_rows(self, products, warehouses):
        """Return what orders still take from stock, in the order of the queue."""
        rows = self.env["stock.availability"]._get_order_demand(products, warehouses)
        lines = self.browse([row["sale_line_id"] for row in rows])
        return [
            {
                **row,
                "line": line,
                "product": self.env["product.product"].browse(row["product_id"]),
                "warehouse": self.env["stock.warehouse"].browse(row["warehouse_id"]),
            }
            for row, line in zip(rows, lines, strict=True)
        ]

    def _get_other_components(self, rows, products):
        """Return what else the kits among these lines are waiting for."""
        kits = self.union(
            *(row["line"] for row in rows if row["line"].product_id != row["product"])
        )
        open_moves = kits.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return open_moves.product_id - products

    def _place_rows(self, rows, products, warehouses):
        """Serve ``rows`` one after the other from what is free over time.

        :return: ``{line: (Promise, whether all of it is reserved)}``
        """
        availability = self.env["stock.availability"].sudo()
        supplies = availability._get_promise_supplies(
            products, warehouses, None, movable="waiting"
        )
        requests, taken, reserved = [], [], []
        for row in rows:
            supply = supplies[row["product_id"], row["warehouse_id"]]
            is_reserved = row["missing"] <= 0
            requests.append(row["line"]._prepare_recheck_request(row))
            reserved.append(is_reserved)
            taken.append(
                (supply.today, (), ())
                if is_reserved
                else supply.take(row["missing"], row["day"])
            )
        found = availability._prepare_promises(requests, taken)
        by_line = defaultdict(list)
        for request, promise, is_reserved in zip(
            requests, found, reserved, strict=True
        ):
            by_line[request.group].append((promise, is_reserved))
        return {
            line: (
                line._join_promises([promise for promise, _reserved in parts]),
                all(is_reserved for _promise, is_reserved in parts),
            )
            for line, parts in by_line.items()
        }

    def _log_promises(self, events_by_reason):
        log = self.env["backorder.event"]
        for reason, events in events_by_reason.items():
            with log._caused_by(reason):
                log._log_many(events)

    def _prepare_recheck_request(self, row):
        return PromiseRequest(
            product=row["product"],
            warehouse=row["warehouse"],
            quantity=row["missing"],
            wanted=self._get_wanted_day(),
            group=self,
        )

    def _move_promises(self, found, reasons):
        """Write and log the promises that move; tell who has to be told."""
        slipped, events = self.browse(), defaultdict(list)
        for line, (promise, is_reserved) in found.items():
            kind = line._judge_promise(promise, is_reserved)
            if not kind:
                line._note_coverage(promise)
                continue
            before = line.promised_date
            line._write_promise(promise, kind)
            if kind in ("improved", "slipped", "uncovered"):
                events[reasons[line]].append(
                    line._prepare_promise_event(kind, before, promise, reasons[line])
                )
            if kind == "slipped" and line._is_slip_to_tell():
                slipped += line
        self._log_promises(events)
        for order, lines in slipped.grouped("order_id").items():
            order._on_promise_slipped(lines)
        for line in slipped:
            line.sudo().promise_told_date = line.promised_date

    def _judge_promise(self, promise, is_reserved):
        """Return what becomes of the promise: first, followed, improved, slipped or
        uncovered.

        :return: nothing where it stays: no gain worth a change, or only time passed
        """
        before, after = self.promised_date, promise.date
        if not before:
            return "first" if after else None
        if not promise.is_covered and (not after or after <= before):
            return "uncovered" if self.is_promise_covered else None
        if after == before:
            return None
        if after < before:
            gain = (before - after).days
            return "improved" if gain >= self.company_id.promise_gain_days else None
        if is_reserved or self._is_still_lead_time(promise):
            return None
        return "followed" if after == self._get_wanted_day() else "slipped"

    def _is_still_lead_time(self, promise):
        """Whether it was not covered and is not, and its date has not come yet."""
        today = self.env["stock.availability"]._get_today(self.company_id)
        return (
            not promise.is_covered
            and not self.is_promise_covered
            and self.promised_date >= today
        )

    def _note_coverage(self, promise):
        if self.is_promise_covered != promise.is_covered:
            self.sudo().is_promise_covered = promise.is_covered

    def _write_promise(self, promise, kind):
        if kind in ("first", "followed"):
            self.sudo().write(self._prepare_first_promise(promise))
        else:
            # where no supply is planned, there is nothing better to say
            date = self.promised_date if kind == "uncovered" else promise.date
            self.sudo().write(
                {"promised_date": date, "is_promise_covered": promise.is_covered}
            )

    def _is_slip_to_tell(self):
        """Whether the promise is later than the last told by more than tolerated."""
        told = self.promise_told_date or self.first_promise_date
        slip = (self.promised_date - told).days if told else 0
        return slip > self.company_id.promise_slip_days

    def _prepare_promise_event(self, kind, before, promise, reason):
        return {
            "event_type": f"promise:{kind}",
            "order": self.order_id,
            "product": self.product_id,
            "warehouse": self.warehouse_id,
            "quantity": self._get_product_qty(),
            "reason": reason,
            "payload": {
                "lineId": self.id,
                "promisedFor": fields.Date.to_string(before),
                "nowPromisedFor": fields.Date.to_string(promise.date) or None,
                "firstPromisedFor": fields.Date.to_string(self.first_promise_date),
                "days": (promise.date - before).days if promise.date else None,
                "isCovered": promise.is_covered,
                "receipts": self.env["stock.move"]
                .sudo()
                .browse(row[0] for row in promise.receipts)
                ._get_supply_names(),
            },
        }

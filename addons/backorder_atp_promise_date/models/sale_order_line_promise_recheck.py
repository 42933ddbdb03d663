# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models

from .stock_availability_promise import PromiseRequest, Taken


class SaleOrderLine(models.Model):
    """Promised dates follow supply and demand."""

    _inherit = "sale.order.line"

    @api.model
    def _recheck_promises(self, sources):
        """Update the promised dates that these changes affect.

        :param sources: ``{(product, warehouse): what changed}``
        """
        products = self.env["product.product"].union(*(key[0] for key in sources))
        warehouses = self.env["stock.warehouse"].union(*(key[1] for key in sources))
        rows = self._get_open_demand_rows(products, warehouses)
        if kits := self._get_other_components(rows, products):
            products |= kits
            rows = self._get_open_demand_rows(products, warehouses)
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
        """Return open lines of ``product`` covered by their own procurement."""
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
    def _get_open_demand_rows(self, products, warehouses):
        """Return the open demand of orders, in the order of the queue."""
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
        """Return the other components that the kits among these lines need."""
        kits = self.union(
            *(row["line"] for row in rows if row["line"].product_id != row["product"])
        )
        open_moves = kits.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return open_moves.product_id - products

    def _place_rows(self, rows, products, warehouses):
        """Serve ``rows`` one after the other from the free supply.

        :return: ``{line: (Promise, whether all of it is reserved)}``
        """
        availability = self.env["stock.availability"].sudo()
        supplies = availability._get_promise_supplies(
            products, warehouses, None, movable="unreserved"
        )
        requests, taken, reserved = [], [], []
        for row in rows:
            supply = supplies[row["product_id"], row["warehouse_id"]]
            is_reserved = row["missing"] <= 0
            requests.append(row["line"]._prepare_recheck_request(row))
            reserved.append(is_reserved)
            taken.append(
                Taken(supply.today)
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
        """Write and log the promises that change; notify customers of slips."""
        slipped, events = self.browse(), defaultdict(list)
        for line, (promise, is_reserved) in found.items():
            kind = line._check_promise(promise, is_reserved)
            if not kind:
                line._record_coverage(promise)
                continue
            before = line.promised_date
            line._write_promise(promise, kind)
            if kind in ("improved", "slipped", "uncovered"):
                events[reasons[line]].append(
                    line._prepare_promise_event(kind, before, promise, reasons[line])
                )
            if kind == "slipped" and line._is_slip_to_notify():
                slipped += line
        self._log_promises(events)
        for order, lines in slipped.grouped("order_id").items():
            order._on_promise_slipped(lines)
        for line in slipped:
            line.sudo().promise_notified_date = line.promised_date

    def _check_promise(self, promise, is_reserved):
        """Return how the promise changes: first, followed, improved, slipped or
        uncovered.

        :return: None if it stays: the gain is too small, or only time has passed
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
        """Whether it is still not covered, and its date is not in the past."""
        today = self.env["stock.availability"]._get_today(self.company_id)
        return (
            not promise.is_covered
            and not self.is_promise_covered
            and self.promised_date >= today
        )

    def _record_coverage(self, promise):
        if self.is_promise_covered != promise.is_covered:
            self.sudo().is_promise_covered = promise.is_covered

    def _write_promise(self, promise, kind):
        if kind in ("first", "followed"):
            self.sudo().write(self._prepare_first_promise(promise))
        else:
            # without planned supply there is no better date
            date = self.promised_date if kind == "uncovered" else promise.date
            self.sudo().write(
                {"promised_date": date, "is_promise_covered": promise.is_covered}
            )

    def _is_slip_to_notify(self):
        """Whether the slip since the last notification exceeds the tolerance."""
        notified = self.promise_notified_date or self.first_promise_date
        slip = (self.promised_date - notified).days if notified else 0
        return slip > self.company_id.promise_slip_days

    def _prepare_promise_event(self, kind, before, promise, reason):
        return {
            "event_type": f"promise:{kind}",
            "order": self.order_id,
            "product": self.product_id,
            "warehouse": self.warehouse_id,
            "quantity": self._get_product_qty(),
            "reason": self.env["backorder.event"]._name_causes(reason),
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

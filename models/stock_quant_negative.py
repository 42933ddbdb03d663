# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL

from ..exceptions import InsufficientStockError
from .stock_move_taken import RESERVED
from .stock_quant import BOOKED, DECREMENTS, KEY_FIELDS


class StockQuant(models.Model):
    """Stock that ends below zero: allowed, recorded or refused."""

    _inherit = "stock.quant"

    # ------------------------------------------------------------------
    # Stock below zero
    # ------------------------------------------------------------------

    @api.model
    @contextmanager
    def _checking_decrements(self):
        """Check at the end of the outermost operation what it has taken.

        Goods pass through locations, which may be below zero in between. Only the
        balances at the end count.
        """
        cr = self.env.cr
        if DECREMENTS.get(cr) is not None:
            yield
            return
        with (
            DECREMENTS.setting(cr, defaultdict(float)) as decrements,
            BOOKED.setting(cr, defaultdict(float)) as booked,
            RESERVED.setting(cr, {}) as reserved,
        ):
            yield
        self._check_decrements(
            {key: delta for key, delta in decrements.items() if delta < 0}, booked
        )
        self.env["stock.move"]._check_taken_reservations(reserved)

    @api.model
    def _check_decrements(self, decrements, booked):
        """Refuse, warn of or record every key that ends below zero.

        :param booked: the part of ``decrements`` that is a physical fact
        """
        negatives = [
            {**row, "booked": booked.get(self._get_row_key(row), 0.0)}
            for row in self._get_negatives(decrements)
        ]
        if not negatives:
            return
        allowed, oversold, refused = [], [], []
        products = self.env["product.product"].browse(
            {row["product_id"] for row in negatives}
        )
        locations = self.env["stock.location"].browse(
            {row["location_id"] for row in negatives}
        )
        policies = self.env["stock.policy"]._get_policies(products, locations)
        limits = self.env["stock.policy"]._get_limits(products, locations)
        for row in negatives:
            key = row["product_id"], row["location_id"]
            is_allowed = policies[key][0] and self._is_within_limit(row, limits[key])
            if is_allowed:
                allowed.append(row)
            else:
                (oversold if self._is_booked(row) else refused).append(row)
        if refused:
            self._refuse_negatives(refused)
        self._record_negatives("inventory.backordered", allowed)
        self._book_oversold(oversold)

    @api.model
    def _get_negatives(self, decrements):
        """Return the keys that ended below zero, with their balance, in one query.

        The sum over all rows of a key counts: Odoo may keep more than one.
        """
        if not decrements:
            return []
        self.flush_model([*KEY_FIELDS, "quantity"])
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, location_id, lot_id, package_id, owner_id,
                       SUM(quantity)::float8 AS balance
                  FROM stock_quant
                 WHERE product_id IN %s AND location_id IN %s
                 GROUP BY product_id, location_id, lot_id, package_id, owner_id
                HAVING SUM(quantity) < 0
                """,
                tuple({key[0] for key in decrements}),
                tuple({key[1] for key in decrements}),
            )
        )
        return [
            {**row, "delta": decrements[key]}
            for row in self.env.cr.dictfetchall()
            if (key := self._get_row_key(row)) in decrements
            and self._is_below_zero(row)
            and self._get_row_company(row)
        ]

    def _get_row_key(self, row):
        return tuple(row[name] or False for name in KEY_FIELDS)

    def _get_row_company(self, row):
        location = self.env["stock.location"].browse(row["location_id"])
        return location._get_owning_company()

    def _is_booked(self, row):
        """Whether physical facts alone explain that this is below zero."""
        uom = self.env["product.product"].browse(row["product_id"]).uom_id
        return (
            uom.compare(row["delta"], row["booked"]) >= 0
            or uom.compare(row["balance"], row["booked"]) >= 0
        )

    def _is_within_limit(self, row, limit):
        """Whether stock may go so far below zero."""
        if not limit or limit.kind != "quantity":
            return True
        uom = self.env["product.product"].browse(row["product_id"]).uom_id
        return uom.compare(row["balance"], -limit.quantity) >= 0

    def _is_below_zero(self, row):
        uom = self.env["product.product"].browse(row["product_id"]).uom_id
        return uom.compare(row["balance"], 0) < 0

    @api.model
    def _refuse_negatives(self, rows):
        """Refuse in the enforce phase, warn in the approve phase, else record."""
        by_phase = defaultdict(list)
        for row in rows:
            by_phase[self._get_row_company(row).promise_phase].append(row)
        if by_phase["hard"]:
            self._log_refused(by_phase["hard"])
            raise InsufficientStockError(
                self._get_insufficient_message(
                    self.env._("There is not enough stock, so nothing was moved:"),
                    by_phase["hard"],
                )
            )
        if by_phase["soft"]:
            self.env["backorder.event"]._warn_user(
                self._get_insufficient_message(
                    self.env._("Stock has gone below zero:"), by_phase["soft"]
                )
            )
        self._record_negatives(
            "inventory.oversold", by_phase["soft"] + by_phase["dark"]
        )

    @api.model
    def _book_oversold(self, rows):
        """Record what can no longer be refused, and alert the responsible."""
        self._record_negatives("inventory.oversold", rows)
        self._handle_backordered(
            [row for row in rows if self._get_row_company(row).promise_phase != "dark"]
        )

    @api.model
    def _log_refused(self, rows):
        """Log the refusal after its rollback."""
        for row in rows:
            self.env["backorder.event"]._log_after_rollback(
                "inventory.refused", **self._prepare_negative_event(row)
            )

    def _get_insufficient_message(self, headline, rows):
        """Return one message with every product and location, and what to do."""
        return "\n".join(
            [
                headline,
                *(self._get_insufficient_line(row) for row in rows),
                self.env._(
                    "Reduce the quantity, bring in stock first, or let an inventory"
                    " manager allow backorders for the product."
                ),
            ]
        )

    def _get_insufficient_line(self, row):
        product = self.env["product.product"].browse(row["product_id"])
        return self.env._(
            "• %(product)s in %(place)s: requested %(requested)s, available"
            " %(available)s %(unit)s",
            product=product.display_name,
            place=self._get_place_name(row),
            requested=product.uom_id.round(-row["delta"]),
            available=max(0.0, product.uom_id.round(row["balance"] - row["delta"])),
            unit=product.uom_id.name,
        )

    def _get_place_name(self, row):
        """Return the location with the lot, package and owner, if any."""
        names = [self.env["stock.location"].browse(row["location_id"]).display_name]
        for model, field in (
            ("stock.lot", "lot_id"),
            ("stock.package", "package_id"),
            ("res.partner", "owner_id"),
        ):
            if row[field]:
                names.append(self.env[model].browse(row[field]).display_name)
        return " / ".join(names)

    # ------------------------------------------------------------------
    # inventory.backordered
    # ------------------------------------------------------------------

    @api.model
    def _record_negatives(self, event_type, rows):
        if not rows:
            return
        self.env["backorder.event"]._log_many(
            [
                {"event_type": event_type, **self._prepare_negative_event(row)}
                for row in rows
            ]
        )
        if event_type == "inventory.backordered":
            self._handle_backordered(rows)
        else:
            self.env["stock.discrepancy"]._record_negatives(rows)

    def _prepare_negative_event(self, row):
        location = self.env["stock.location"].browse(row["location_id"])
        return {
            "product": self.env["product.product"].browse(row["product_id"]),
            "warehouse": location.warehouse_id,
            "company": self._get_row_company(row),
            "quantity": row["delta"],
            "payload": {
                "variant_id": row["product_id"],
                "inventory_item_id": row["product_id"],
                "location_id": row["location_id"],
                "location": self._get_place_name(row),
                "delta": row["delta"],
                "new_stock": row["balance"],
            },
        }

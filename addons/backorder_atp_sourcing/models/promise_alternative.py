# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import datetime
from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models

from odoo.addons.backorder_atp_promise_date.free_supply import EPSILON
from odoo.addons.backorder_atp_promise_date.models.stock_availability_promise import (
    PromiseRequest,
    Taken,
)

from ..order_stock import OrderStock

# Among equally good alternatives, kinds that need less work come first.
KINDS = ("own", "order", "warehouse", "transfer", "split", "substitute")
RULES = [
    ("full", "Everything available now"),
    ("most", "Most by the requested day"),
    ("earliest", "Everything as early as possible"),
]


@dataclass(eq=False)
class Alternative:
    """One way to serve a line, or an order as a whole.

    Quantities are in the product's unit; for a whole order, numbers of lines.
    """

    kind: str
    line: models.BaseModel
    product: models.BaseModel
    #: Where it ships from.
    warehouse: models.BaseModel
    quantity: float
    #: What can be promised now, and by the requested day.
    available_qty: float = 0.0
    on_time_qty: float = 0.0
    #: The day everything is in the warehouse it ships from; None: not covered.
    stock_day: datetime.date | None = None
    #: If not covered: the day before which it cannot be complete.
    earliest: datetime.date | None = None
    #: The day everything can be promised for.
    date: datetime.date | None = None
    #: Whether it is the current warehouse of the line.
    is_here: bool = False
    #: Of a transfer: source, quantity that can leave now, and lead time in days.
    source: Any = None
    transfer_qty: float = 0.0
    lead_days: int = 0
    #: Of a split: ``(warehouse, quantity in the line's unit)``, adding up to the line.
    parts: tuple = ()
    note: str = ""

    @property
    def is_covered(self):
        return self.stock_day is not None

    @property
    def is_full(self):
        return self.available_qty >= self.quantity - EPSILON

    @property
    def is_on_time(self):
        return self.on_time_qty >= self.quantity - EPSILON

    @property
    def is_original(self):
        """Whether nothing changes for the line."""
        return self.is_here and self.kind in ("own", "order")

    @property
    def is_of_use(self):
        return bool(self.is_original or self.on_time_qty or self.is_covered)


class PromiseAlternative(models.AbstractModel):
    """Alternatives for lines that are short or late, all computed at once.

    The current warehouse, another warehouse of the company, several warehouses
    together, a transfer, a substitute. Another warehouse offers what it can promise
    over time, less its own orders, soft reservations and safety stock.
    """

    _name = "promise.alternative"
    _description = "Alternatives to a Promise"

    @api.model
    def _get_alternatives(self, lines):
        """Return the alternatives of ``lines``, the best first, in one statement.

        Lines share the stock with the other lines of their order.

        :return: ``{line: [Alternative, ...]}``, and ``{order: [...]}`` for orders of
            several lines that could be served from one warehouse
        """
        found = {}
        for orders, excluded in self._group_orders(lines.order_id):
            stock = self._get_stock(lines & orders.order_line, excluded)
            for order in orders:
                own = lines & order.order_line
                found.update(self._compare(order, own, stock.clone()))
        self._set_dates([row for rows in found.values() for row in rows])
        return found

    def _group_orders(self, orders):
        """Return ``[(orders, those of them whose own demand is left out)]``.

        The committed demand of an order does not compete with itself.
        """
        special = orders.filtered(lambda order: order.state == "sale")
        special |= orders.order_line._get_orders_with_own_stock()
        quoted = orders - special
        groups = [(order, order) for order in special]
        return groups + ([(quoted, quoted.browse())] if quoted else [])

    def _get_stock(self, lines, excluded):
        """Return the stock that the orders of ``lines`` may take in their company."""
        served = lines.order_id.order_line._filter_served_from_stock()
        here = served._get_serving_warehouse()
        warehouses = here | self.env["backorder.supply"]._get_company_warehouses(here)
        substitutes = self.env["product.substitute"].sudo()
        stock = OrderStock(
            {}, warehouses, substitutes._get_all_substitutes(lines.product_id)
        )
        products = self.env["product.product"].union(
            *(product for line in served for product in stock.get_components(line)),
            *(
                product
                for line in lines
                for row in self._get_substitute_rows(line, stock)
                for product in line._get_substitute_components(*row[:2])
            ),
        )
        availability = self.env["stock.availability"].sudo()
        supplies = availability._get_promise_supplies(products, warehouses, excluded)
        return OrderStock(supplies, warehouses, stock.substitutes)

    def _compare(self, order, lines, stock):
        """Return the alternatives of ``lines``, and of the order as a whole."""
        company = order.company_id.sudo()
        found = {}
        if whole := self._get_whole_alternatives(order, stock):
            found[order] = self._rank(whole, company)
        for line in order.order_line._filter_served_from_stock() - lines:
            stock.take(line, line._get_serving_warehouse(), line._get_stock_day())
        for line in lines:
            rows = self._rank(self._get_line_alternatives(line, stock), company)
            found[line] = rows
            warehouse = self._get_chosen_warehouse(rows, company)
            stock.take(line, warehouse, line._get_stock_day())
        return found

    def _get_chosen_warehouse(self, rows, company):
        """Return the warehouse whose stock the line takes from the lines after it."""
        if company.promise_alternatives == "automatic":
            rows = [row for row in rows if row.kind in ("own", "warehouse")]
        else:
            rows = [row for row in rows if row.is_original]
        return rows[0].warehouse

    # ------------------------------------------------------------------
    # Ranking
    # ------------------------------------------------------------------

    def _rank(self, rows, company):
        """Return ``rows``, the best first by the rule of the company.

        Among equally good alternatives, the original comes first.
        """
        rank = getattr(self, f"_rank_{company.promise_alternative_rule}")
        return sorted(rows, key=lambda row: (*rank(row), *self._rank_tie(row)))

    def _rank_full(self, row):
        """Everything available now; if no warehouse has that, the original."""
        return (not row.is_full, not row.is_original, self._rank_share(row))

    def _rank_most(self, row):
        return (self._rank_share(row),)

    def _rank_earliest(self, row):
        """Covered by supply before lead time."""
        wanted = row.line._get_stock_day()
        return (not row.is_covered, max(row.stock_day or datetime.date.max, wanted))

    def _rank_share(self, row):
        return -round(row.on_time_qty / row.quantity, 6) if row.quantity else 0.0

    def _rank_tie(self, row):
        return (
            not row.is_original,
            KINDS.index(row.kind),
            not row.is_here,
            row.stock_day or datetime.date.max,
            self._rank_share(row),
            row.warehouse.sequence,
            row.warehouse.id,
        )

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    def _set_dates(self, rows):
        """Set the day each alternative can be promised for.

        Uncovered alternatives get a date by lead time only in the current warehouse.
        """
        requests = [
            (row, request)
            for row in rows
            if row.is_covered or row.kind == "own"
            for request in self._prepare_requests(row)
        ]
        promises = (
            self.env["stock.availability"]
            .sudo()
            ._prepare_promises(
                [request for _row, request in requests],
                [
                    Taken(row.stock_day, earliest=row.earliest)
                    for row, _request in requests
                ],
            )
        )
        found = {}
        for (row, _request), promise in zip(requests, promises, strict=True):
            found.setdefault(row, []).append(promise)
        for row, parts in found.items():
            row.date = row.line._join_promises(parts).date

    def _prepare_requests(self, row):
        """Return the requests to the warehouse; for a kit, one for each component."""
        demand = {row.product: row.quantity}
        if row.kind == "own":
            demand = row.line._get_open_components()
        return [
            PromiseRequest(
                product=product,
                warehouse=row.warehouse,
                quantity=quantity,
                wanted=row.line._get_wanted_day(),
            )
            for product, quantity in demand.items()
        ]

    # ------------------------------------------------------------------
    # Texts and JSON
    # ------------------------------------------------------------------

    def _to_json(self, row):
        """Return an alternative for clients of the interface; see ``sale.order``."""
        return {
            "kind": row.kind,
            "description": self._describe(row),
            "line_id": row.line.id if row.kind != "order" else False,
            "product_id": row.product.id,
            "warehouse_id": row.warehouse.id,
            "source_id": row.source.id if row.source else False,
            "quantity": row.quantity,
            "available_qty": row.available_qty,
            "on_time_qty": row.on_time_qty,
            "date": fields.Date.to_string(row.date) or False,
            "is_covered": row.is_covered,
            "is_original": row.is_original,
            "lead_days": row.lead_days,
            "parts": [
                {"warehouse_id": warehouse.id, "quantity": quantity}
                for warehouse, quantity in row.parts
            ],
            "note": row.note,
            "may_choose": self._may_choose(row),
        }

    def _may_choose(self, row):
        """Whether the user may apply ``row``, and it changes anything."""
        is_operator = self.env.user.has_group("backorder_atp.group_backorder_operator")
        if row.is_original:
            return False
        if row.kind == "transfer":
            return is_operator and row.transfer_qty > 0
        if row.kind in ("order", "warehouse"):
            return is_operator or row.line.state != "sale"
        return True

    def _describe(self, row):
        """Return the description of ``row`` for users."""
        return getattr(self, f"_describe_{row.kind}")(row, row.warehouse.sudo().name)

    def _describe_own(self, row, place):
        if row.is_full:
            return self.env._("Ship from %s (no change)", place)
        return self.env._("Wait for stock in %s", place)

    def _describe_order(self, row, place):
        if row.is_here:
            return self.env._("Everything from %s (no change)", place)
        return self.env._("Everything from %s", place)

    def _describe_warehouse(self, _row, place):
        return self.env._("Ship from %s", place)

    def _describe_transfer(self, row, _place):
        return self.env._(
            "Transfer from %(origin)s (%(days)s days)",
            origin=row.source.sudo().name,
            days=row.lead_days,
        )

    def _describe_split(self, row, _place):
        unit = row.line.product_uom_id
        return self.env._(
            "Split: %s",
            ", ".join(
                self.env._(
                    "%(quantity)s %(unit)s from %(place)s",
                    quantity=f"{unit.round(quantity):g}",
                    unit=unit.name,
                    place=warehouse.sudo().name,
                )
                for warehouse, quantity in row.parts
            ),
        )

    def _describe_substitute(self, row, place):
        return self.env._(
            "Sell %(product)s instead, from %(place)s",
            product=row.product.with_context(display_default_code=False).display_name,
            place=place,
        )

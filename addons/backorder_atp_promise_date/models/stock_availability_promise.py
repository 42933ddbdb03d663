# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from pytz import timezone, utc

from odoo import api, fields, models

from odoo.addons.backorder_atp.dates import HORIZON_DAYS

from ..free_supply import EPSILON


@dataclass(frozen=True)
class PromiseRequest:
    """A quantity requested from a warehouse, in the product's unit."""

    product: models.BaseModel
    warehouse: models.BaseModel
    quantity: float
    #: The requested day, or None: as soon as possible.
    wanted: date | None = None
    #: Requests of one group share stock, in their order; groups are independent.
    group: Any = None


@dataclass(frozen=True)
class Promise:
    """When a request can be fulfilled."""

    #: The date for the customer, or None if no supply is known.
    date: date | None
    #: The day the whole quantity is free in the warehouse.
    stock_day: date | None = None
    #: ``(day, quantity)`` as the parts become free.
    parts: tuple = ()
    #: ``(move id, quantity)`` of the receipts that cover it.
    receipts: tuple = ()
    #: Whether stock and receipts cover it; else the date is based on lead time.
    is_covered: bool = False
    #: Whether it is covered by its own procurement.
    is_own_supply: bool = False


class Taken(NamedTuple):
    """What a request takes from the supply."""

    #: The day all of it is available, or None: not covered.
    day: date | None
    #: ``(day, quantity)`` as the parts become free.
    parts: tuple = ()
    #: ``(move id, quantity)`` of the receipts that cover it.
    receipts: tuple = ()
    #: If not covered: the day before which it cannot be complete.
    earliest: date | None = None


@dataclass
class PromiseSupply:
    """The free supply of a product in a warehouse, and its receipts."""

    free: Any
    today: date
    receipts: dict = field(default_factory=dict)
    #: The last day on which a late request is served.
    last_day: date | None = None

    def clone(self):
        return PromiseSupply(
            self.free.clone(),
            self.today,
            {day: [list(row) for row in rows] for day, rows in self.receipts.items()},
            self.last_day,
        )

    def take(self, quantity, wanted):
        """Take ``quantity`` for the first day it is free, or ``wanted`` if later.

        A request that cannot be covered takes all there is.

        :return: :class:`Taken`
        """
        wanted = max(wanted or self.today, self.today)
        day = self.free.find_from(quantity, wanted)
        earliest = None if day else self.get_earliest()
        if not day or day > wanted:
            self.last_day = self._get_later(self.last_day, day or earliest)
        parts = sorted(self.free.take(quantity, wanted))
        receipts = [row for part in parts for row in self._take_receipts(*part)]
        return Taken(day, tuple(parts), tuple(receipts), earliest)

    def get_earliest(self):
        """Return the day before which an uncovered request cannot be complete.

        It takes all that is still free, and is served after backordered orders.
        """
        return self._get_later(self.last_day, self.free.get_last_day())

    def _get_later(self, *days):
        return max(filter(None, days), default=None)

    def _take_receipts(self, day, quantity):
        taken = []
        for row in self.receipts.get(day, ()):
            part = min(row[1], quantity)
            if part > EPSILON:
                row[1] -= part
                quantity -= part
                taken.append((row[0], part))
        return taken


class StockAvailability(models.AbstractModel):
    """Dates for which quantities can be promised."""

    _inherit = "stock.availability"

    @api.private
    def get_promise_dates(self, requests, excluded_orders=None, promisable=None):
        """Return when each request can be fulfilled, in one statement for all.

        The first day on which the whole quantity is free, looking ahead; then the
        security days of the company and its working calendar. If receipts do not
        cover it, today and the lead time of buying or manufacturing it.

        :param requests: list of :class:`PromiseRequest`
        :param excluded_orders: ``sale.order`` records whose demand is left out
        :param promisable: ``{(product_id, warehouse_id): quantity}`` known to be
            available to all these requests together, which is not queried again
        :return: list of :class:`Promise`, one for each request, in their order
        :raise AccessError: when a warehouse is not in the user's companies
        """
        covered = self._get_covered_keys(requests, promisable or {})
        uncovered = [
            request
            for request in requests
            if request.warehouse and self._get_request_key(request) not in covered
        ]
        supplies = self._get_promise_supplies(
            self.env["product.product"].union(*(row.product for row in uncovered)),
            self.env["stock.warehouse"].union(*(row.warehouse for row in uncovered)),
            excluded_orders,
        )
        taken = self._take_requests(requests, supplies, covered)
        return self._prepare_promises(requests, taken)

    def _get_request_key(self, request):
        return request.product.id, request.warehouse.id

    def _get_covered_keys(self, requests, promisable):
        """Return the products and warehouses with enough for all the requests now.

        What is available now is also available on every later day, unless it expires.
        """
        wanted = defaultdict(float)
        products = self.env["product.product"].union(*(row.product for row in requests))
        perishable = self._filter_perishable(products)
        for request in requests:
            wanted[self._get_request_key(request)] += request.quantity
        return {
            key
            for key, quantity in wanted.items()
            if quantity <= promisable.get(key, 0.0) + EPSILON
            and key[0] not in perishable.ids
        }

    def _take_covered(self, request):
        today = self._get_today(request.warehouse.sudo().company_id)
        day = max(self._get_stock_day(request) or today, today)
        return Taken(day, ((day, request.quantity),))

    def _take_requests(self, requests, supplies, covered=frozenset()):
        """Return a :class:`Taken` for each request, group by group."""
        groups, taken = {}, []
        for request in requests:
            key = self._get_request_key(request)
            if key in covered:
                taken.append(self._take_covered(request))
                continue
            if key not in supplies:
                taken.append(Taken(None))
                continue
            group = (request.group, *key)
            if group not in groups:
                groups[group] = supplies[key].clone()
            wanted = self._get_stock_day(request)
            taken.append(groups[group].take(request.quantity, wanted))
        return taken

    def _get_promise_supplies(self, products, warehouses, excluded, movable="nothing"):
        """Return ``{(product_id, warehouse_id): PromiseSupply}``."""
        if not products:
            return {}
        projection = self._get_projection(
            products, warehouses, excluded, movable=movable
        )
        return {
            key: PromiseSupply(
                self._get_free_supply(days),
                days[0]["day"],
                {day["day"]: [list(row) for row in day["receipts"]] for day in days},
                self._get_last_late_receipt(days),
            )
            for key, days in projection.items()
        }

    def _get_last_late_receipt(self, days):
        """Return the last day on which a receipt serves late demand."""
        return max(
            (
                day["day"]
                for before, day in pairwise(days)
                if day["receipts"] and before["balance"] < -EPSILON
            ),
            default=None,
        )

    def _get_stock_day(self, request):
        """Return the day on which the stock is needed for the requested day."""
        if not request.wanted:
            return None
        return request.wanted - self._get_security(request.warehouse)

    def _get_security(self, warehouse):
        days = ceil(warehouse.sudo().company_id.security_lead)
        return timedelta(days=min(days, HORIZON_DAYS))

    def _prepare_promises(self, requests, taken):
        """Return a :class:`Promise` for each request and its :class:`Taken`."""
        stock_days = self._get_stock_days(requests, taken)
        dates = self._get_promised_days(
            {
                (request.warehouse, day)
                for request, day in zip(requests, stock_days, strict=True)
                if day
            }
        )
        return [
            Promise(
                date=self._get_latest(
                    dates.get((request.warehouse, stock_day)), request.wanted
                ),
                stock_day=stock_day,
                parts=found.parts,
                receipts=found.receipts,
                is_covered=found.day is not None,
            )
            for request, stock_day, found in zip(
                requests, stock_days, taken, strict=True
            )
        ]

    def _get_stock_days(self, requests, taken):
        """Return when each request is complete: by supply, else by lead time.

        Uncovered requests are never complete before covered ones.
        """
        leads, rules, stock_days = {}, {}, []
        for request, found in zip(requests, taken, strict=True):
            if found.day:
                stock_days.append(found.day)
                continue
            key = request.product, request.warehouse, request.quantity
            if key not in leads:
                leads[key] = self._get_lead_day(*key, rules)
            stock_days.append(self._get_latest(leads[key], found.earliest))
        return stock_days

    def _get_latest(self, day, wanted):
        return max(day, wanted) if day and wanted else day

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    def _get_calendar(self, company):
        return company.sudo().resource_calendar_id

    def _get_zone(self, company):
        return timezone(self._get_calendar(company).tz or "UTC")

    def _to_day(self, moment, company):
        """Return the day of a UTC datetime in the time zone of the company."""
        try:
            return utc.localize(moment).astimezone(self._get_zone(company)).date()
        except OverflowError:  # the first or the last possible day
            return moment.date()

    def _get_noon(self, day, company):
        """Return noon of ``day`` in the time zone of the company, as a UTC datetime."""
        noon = self._get_zone(company).localize(datetime.combine(day, time(12)))
        return noon.astimezone(utc).replace(tzinfo=None)

    def _get_today(self, company):
        return self._to_day(fields.Datetime.now(), company)

    def _get_promised_days(self, stock_days):
        """Return ``{(warehouse, stock day): day that can be promised}``.

        Security days first, then the next working day of the company.
        """
        return {
            (warehouse, day): self._get_calendar(
                warehouse.sudo().company_id
            )._get_next_working_day(day + self._get_security(warehouse))
            for warehouse, day in stock_days
        }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Backorders: the data of the board."""

from datetime import date

from pydantic import Field

from .common import Moment, NextCursor, Schema
from .order import OrderStatus, Priority


class BackorderStats(Schema):
    """Totals of all backorders that the caller may read, not only of the page.

    Orders on hold are counted separately.
    """

    total_backordered_orders: int
    orders_on_hold: int
    total_skus: int = Field(description="Short products, by warehouse.")
    oldest_days_pending: int
    total_shortfall: float = Field(description="In the products' units.")
    shortage_value: float = Field(description="Untaxed, at the orders' prices.")
    on_hold_shortfall: float = Field(description="Of the orders on hold.")
    on_hold_value: float
    currency: str


class SkuBackorder(Schema):
    product_id: int
    sku: str | None
    product: str
    unit: str
    warehouse_id: int | None = Field(description="null if the order has no warehouse.")
    warehouse: str | None
    orders_waiting: int
    quantity_needed: float
    quantity_available: float = Field(description="Pickable, for allocation.")
    quantity_inbound: float = Field(description="Received, but not yet put away.")
    shortfall: float
    orders_on_hold: int
    on_hold_shortfall: float
    fill_percent: float
    incoming: float
    earliest_arrival: Moment | None
    to_purchase: float = Field(description="Still short after all receipts.")
    resolution: str | None = Field(
        description="`resolvable` or `needs_purchase`; null if only orders on hold are"
        " short."
    )


class BackorderItem(Schema):
    line_id: int
    product_id: int
    sku: str | None
    product: str
    quantity: float
    unit: str
    quantity_allocated: float
    shortfall: float
    promised_date: date | None


class OrderBackorder(Schema):
    order_id: int
    order_number: str
    customer_id: int
    customer: str
    status: OrderStatus
    priority: Priority
    days_pending: int
    backordered_since: Moment | None
    hold_reason: str | None
    shortfall: float
    items: list[BackorderItem]


class Backorders(Schema):
    stats: BackorderStats
    by_sku: list[SkuBackorder]
    orders: list[OrderBackorder]
    total_orders: int
    total_skus: int
    next_cursor: NextCursor
    has_more: bool


class BackorderMeasures(Schema):
    orders: int
    shortfall: float = Field(description="In the products' units.")
    value: float = Field(description="Untaxed, at the orders' prices.")


class PriorityMeasures(BackorderMeasures):
    priority: Priority


class StatusMeasures(BackorderMeasures):
    status: OrderStatus


class BackorderReport(Schema):
    """All backorders that the caller may read, also those on hold."""

    total_backorders: int
    total_shortfall: float = Field(description="In the products' units.")
    total_value: float = Field(description="Untaxed, at the orders' prices.")
    currency: str
    by_priority: list[PriorityMeasures]
    by_status: list[StatusMeasures]
    filled_backorders: int
    average_hours: float | None = Field(
        description="From the first shortage until nothing was short; null if no"
        " backorder was filled."
    )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The log as a feed."""

from typing import Any

from pydantic import Field

from .common import Moment, Schema


class Event(Schema):
    id: int
    type: str
    date: Moment
    company_id: int | None
    user_id: int | None
    user: str | None
    order_id: int | None
    order_number: str | None
    product_id: int | None
    product: str | None
    warehouse_id: int | None
    warehouse: str | None
    quantity: float
    value: float
    reason: str | None
    trigger_source: str | None
    payload: dict[str, Any] | None


class EventPage(Schema):
    events: list[Event]
    next_cursor: int = Field(description="The `after` of the next request.")
    has_more: bool

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shipments: requests and responses."""

from datetime import date
from enum import Enum

from pydantic import ConfigDict, Field

from odoo.addons.backorder_atp_fastapi.schemas.common import (
    Input,
    Moment,
    NextCursor,
    Schema,
    ShortText,
)


class ShipmentStatus(str, Enum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancel"


class Dispatch(Input):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"trackingNumber": "PAR-77"}]}
    )

    tracking_number: ShortText | None = Field(
        None, description="Default: the one that the delivery has already."
    )


class Shipment(Schema):
    shipment_id: int
    delivery: str
    status: ShipmentStatus
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    order_id: int | None
    order_number: str | None
    estimated_delivery: date | None = Field(description="The promised date.")
    started_on: Moment | None
    shipped_on: Moment | None
    delivered_on: Moment | None
    failure_reason: str | None
    last_updated: Moment


class ShipmentPage(Schema):
    shipments: list[Shipment]
    next_cursor: NextCursor
    has_more: bool

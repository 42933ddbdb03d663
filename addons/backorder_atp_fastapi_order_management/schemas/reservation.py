# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Soft reservations: requests and responses."""

from enum import Enum

from pydantic import ConfigDict, Field, model_validator

from odoo.addons.backorder_atp_fastapi.schemas.common import (
    Input,
    Instant,
    Moment,
    NextCursor,
    PositiveQuantity,
    Schema,
    ShortText,
    StrictBool,
    StrictId,
    require_one,
)

from . import examples


class ReservationStatus(str, Enum):
    ACTIVE = "active"
    CONSUMED = "consumed"
    RELEASED = "released"
    EXPIRED = "expired"


class ReservationCreate(Input):
    """Identify the product by either `productId` or `sku`."""

    model_config = ConfigDict(
        json_schema_extra={
            **require_one("productId", "sku"),
            "examples": [examples.NEW_RESERVATION],
        }
    )

    product_id: StrictId | None = None
    sku: ShortText | None = Field(None, description="Internal reference or barcode.")
    warehouse_id: StrictId
    quantity: PositiveQuantity = Field(description="In the product's unit.")
    customer_id: StrictId | None = Field(
        None, description="The next order of this customer consumes it."
    )
    order_id: StrictId | None = Field(
        None, description="Only this quotation consumes it."
    )
    expires_at: Instant | None = Field(
        None, description="Default: after the duration that the company has set."
    )
    origin: ShortText | None = Field(None, description="Where it comes from.")

    @model_validator(mode="after")
    def check_product(self):
        if (self.product_id is None) == (self.sku is None):
            raise ValueError("identify the product by either productId or sku")
        return self


class OrderReserve(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RESERVE]})

    expires_at: Instant | None = Field(
        None, description="Default: after the duration that the company has set."
    )
    allow_partial: StrictBool = Field(
        False,
        description="Whether to reserve what is available if it is not everything.",
    )


class Extension(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RESERVE]})

    expires_at: Instant


class Reservation(Schema):
    """Quantities are in the product's unit."""

    reservation_id: int
    reference: str
    status: ReservationStatus
    product_id: int
    sku: str | None
    product: str
    unit: str
    warehouse_id: int
    warehouse: str
    quantity: float
    consumed_quantity: float = Field(description="Consumed by confirmed orders.")
    remaining_quantity: float = Field(description="Still reserved.")
    customer_id: int | None
    customer: str | None
    order_id: int | None
    order_number: str | None
    origin: str | None
    reserved_by: str
    expires_at: Moment
    ended_at: Moment | None
    reason: str | None = Field(description="Why it ended.")


class ReservationPage(Schema):
    reservations: list[Reservation]
    next_cursor: NextCursor
    has_more: bool


class OrderReservations(Schema):
    """What was reserved by this request."""

    reservations: list[Reservation]

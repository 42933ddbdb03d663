# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Counts and discrepancies: requests and responses."""

from enum import Enum

from pydantic import ConfigDict, Field

from . import discrepancy_examples as examples
from .common import (
    Input,
    Moment,
    NextCursor,
    Quantity,
    Schema,
    ShortText,
    StrictBool,
    StrictId,
)
from .order import Decision


class DiscrepancyStatus(str, Enum):
    NEW = "new"
    UNDER_REVIEW = "under_review"
    RESOLVED = "resolved"
    REJECTED = "rejected"


class Severity(str, Enum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


# ----------------------------------------------------------------------
# Requests
# ----------------------------------------------------------------------


class Count(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.COUNT]})

    location_id: StrictId = Field(description="Where it was counted.")
    lot: ShortText | None = Field(
        None, description="Lot or serial number, if the product has them."
    )
    counted_quantity: Quantity = Field(description="In the product's unit.")


class DiscrepancyCreate(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.REPORT]})

    part: ShortText = Field(
        description="Id, internal reference or barcode of a product, in this order."
    )
    warehouse_id: StrictId
    location_id: StrictId | None = Field(
        None, description="Default: an unknown location of the warehouse."
    )
    lot: ShortText | None = Field(None, description="Lot or serial number.")
    expected_quantity: Quantity = Field(description="In the product's unit.")
    counted_quantity: Quantity


class Resolution(Decision):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RESOLUTION]})

    post_correction: StrictBool = Field(
        False,
        description="Whether the stock is corrected by the difference. Otherwise a"
        " pending count is dropped.",
    )


# ----------------------------------------------------------------------
# Responses
# ----------------------------------------------------------------------


class Discrepancy(Schema):
    """Quantities are in the product's unit."""

    discrepancy_id: int
    reference: str
    status: DiscrepancyStatus
    severity: Severity
    found_by: str = Field(
        description="`count`, `receipt`, `negative` (stock below zero) or `manual`."
    )
    product_id: int
    sku: str | None
    product: str
    unit: str
    warehouse_id: int
    warehouse: str
    location_id: int | None
    location: str | None
    lot: str | None
    expected_quantity: float
    counted_quantity: float
    difference: float = Field(description="Counted less expected.")
    percent: float
    value: float = Field(description="The difference at cost.")
    currency: str
    found_on: Moment
    owner: str | None
    source: str | None
    is_count_pending: bool = Field(
        description="Whether the count has not changed the stock yet."
    )
    quantities_match_again: bool
    decision: str | None
    decided_by: str | None
    decided_on: Moment | None


class DiscrepancyPage(Schema):
    discrepancies: list[Discrepancy]
    next_cursor: NextCursor
    has_more: bool


class CountResult(Schema):
    product_id: int
    sku: str | None
    product: str
    unit: str
    location_id: int
    location: str
    lot: str | None
    previous_quantity: float
    counted_quantity: float
    difference: float
    is_applied: bool = Field(
        description="Whether the stock was corrected. A large difference needs the"
        " approval of an inventory manager first."
    )
    discrepancy: Discrepancy | None = Field(
        description="The open discrepancy of this stock, if any."
    )

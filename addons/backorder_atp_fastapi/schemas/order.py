# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Orders: requests and responses."""

from datetime import date
from enum import Enum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from . import examples
from .common import (
    Day,
    Input,
    LongText,
    Moment,
    NextCursor,
    PositiveQuantity,
    Price,
    Quantity,
    Schema,
    ShortText,
    StrictBool,
    StrictId,
    UnavailableItem,
    require_one,
)

MAX_LINES = 200
MAX_BATCH = 100


class OrderStatus(str, Enum):
    DRAFT = "DRAFT"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    CONFIRMED = "CONFIRMED"
    BACKORDERED = "BACKORDERED"
    PARTIALLY_ALLOCATED = "PARTIALLY_ALLOCATED"
    ALLOCATED = "ALLOCATED"
    ON_HOLD = "ON_HOLD"
    CANCELLED = "CANCELLED"


class Priority(str, Enum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


# ----------------------------------------------------------------------
# Requests
# ----------------------------------------------------------------------


class LineCreate(Input):
    """Identify the product by either `productId` or `sku`."""

    model_config = ConfigDict(json_schema_extra=require_one("productId", "sku"))

    product_id: StrictId | None = None
    sku: ShortText | None = Field(None, description="Internal reference or barcode.")
    quantity: PositiveQuantity
    unit_price: Price | None = Field(
        None, description="Default: the price in the customer's pricelist."
    )
    description: LongText | None = None

    @model_validator(mode="after")
    def check_product(self):
        if (self.product_id is None) == (self.sku is None):
            raise ValueError("identify the product by either productId or sku")
        return self


class LineUpdate(Input):
    """Identify the line by `lineId`, or by its product.

    A quantity of 0 removes the line from the order.
    """

    model_config = ConfigDict(
        json_schema_extra=require_one("lineId", "productId", "sku")
    )

    line_id: StrictId | None = None
    product_id: StrictId | None = None
    sku: ShortText | None = Field(None, description="Internal reference or barcode.")
    quantity: Quantity
    unit_price: Price | None = None
    description: LongText | None = None

    @model_validator(mode="after")
    def check_line(self):
        named = [self.line_id, self.product_id, self.sku]
        if sum(value is not None for value in named) != 1:
            raise ValueError("identify the line by one of lineId, productId and sku")
        return self


class OrderValues(Input):
    customer_reference: ShortText | None = None
    requested_date: Day | None = Field(
        None,
        description="The date requested by the customer. Default: as soon as possible.",
    )
    warehouse_id: StrictId | None = None
    priority: Priority | None = Field(
        None, description="The priority for arriving stock."
    )
    allow_partial: StrictBool | None = Field(
        None, description="Whether the order may ship in parts."
    )


class OrderCreate(OrderValues):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.NEW_ORDER]})

    customer_id: StrictId
    lines: Annotated[list[LineCreate], Field(min_length=1, max_length=MAX_LINES)]
    confirm: StrictBool = Field(
        True,
        description="Whether to confirm the order at once, if its stock can be"
        " promised.",
    )
    keep_unmatched: StrictBool = Field(
        False,
        description="Whether items that match no product are kept with the order,"
        " which is then on hold. Otherwise the order is refused.",
    )


class OrderUpdate(OrderValues):
    """Omitted values are not changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CHANGE]})

    lines: Annotated[list[LineUpdate], Field(max_length=MAX_LINES)] = []


class Approval(Input):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Good customer"}]}
    )

    reason: LongText = Field("Approved over the HTTP API", description="For the log.")
    acknowledged_discrepancies: Annotated[
        list[ShortText],
        Field(max_length=100, description="Names of the acknowledged discrepancies."),
    ] = []


class Allocation(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"allowPartial": True}]})

    allow_partial: StrictBool = Field(
        True,
        description="Whether an order that is still short keeps what was allocated to"
        " it. An order that ships complete never does.",
    )


class BatchAllocation(Allocation):
    model_config = ConfigDict(json_schema_extra={"examples": [{"orderIds": [27, 28]}]})

    order_ids: Annotated[
        list[StrictId],
        Field(
            min_length=1, max_length=MAX_BATCH, json_schema_extra={"uniqueItems": True}
        ),
    ]

    @model_validator(mode="after")
    def check_unique(self):
        if len(set(self.order_ids)) != len(self.order_ids):
            raise ValueError("list each order once")
        return self


class Split(Input):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"customerAgreed": True}]}
    )

    customer_agreed: StrictBool = Field(
        description="Whether the customer agreed to a partial shipment."
    )
    split_lines: StrictBool = Field(
        True, description="Whether a partially allocated line is split."
    )


class Decision(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.REASON]})

    reason: LongText = Field(description="For the log.")


# ----------------------------------------------------------------------
# Responses
# ----------------------------------------------------------------------


class OrderLine(Schema):
    """Quantities are in the unit of the line."""

    line_id: int
    product_id: int
    sku: str | None
    product: str
    quantity: float
    unit: str
    quantity_allocated: float = Field(description="Reserved or delivered.")
    quantity_delivered: float
    shortfall: float = Field(description="Not covered yet.")
    promised_date: date | None
    unit_price: float
    subtotal: float = Field(description="Untaxed.")


class UnmatchedItem(Schema):
    reference: str
    quantity: float


class PendingApproval(Schema):
    request_id: int
    kind: str = Field(description="`order`, or `increase` of a confirmed line.")
    requested_by: str
    value: float = Field(description="At stake, in the company's currency.")


class OrderHead(Schema):
    """An order without its lines."""

    order_id: int
    order_number: str
    status: OrderStatus
    customer_id: int
    customer: str
    customer_reference: str | None
    warehouse_id: int | None
    warehouse: str | None
    order_date: Moment
    requested_date: date | None
    priority: Priority
    allow_partial: bool
    backordered_since: Moment | None
    days_pending: int = Field(description="Full days since the first shortage.")
    hold_reason: str | None
    requires_inventory_override: bool
    original_order_id: int | None = Field(
        description="The order that this one was split from."
    )
    currency: str
    amount_untaxed: float
    amount_total: float
    shortfall: float = Field(description="In the products' units.")


class Order(OrderHead):
    lines: list[OrderLine]
    unmatched_items: list[UnmatchedItem]
    pending_approvals: list[PendingApproval]


class OrderPage(Schema):
    orders: list[OrderHead]
    next_cursor: NextCursor
    has_more: bool


class PromiseResult(str, Enum):
    SUCCESS = "success"
    PENDING_APPROVAL = "pending_approval"
    INSUFFICIENT_INVENTORY = "insufficient_inventory"
    ERROR = "error"


class AllocatedItem(Schema):
    """A product allocated to a confirmed order; quantity in the product's unit."""

    line_id: int
    product_id: int
    sku: str | None
    product: str
    warehouse_id: int | None
    location: str | None = Field(description="The stock location of the warehouse.")
    quantity: float = Field(description="Reserved or delivered.")


class OrderResult(Order):
    """The order, and the result of the request."""

    result: PromiseResult = Field(
        description="`success`: promised, or a draft that can be promised;"
        " `pending_approval`: an approver has to decide; `insufficient_inventory`: a"
        " draft that would be refused; `error`: cancelled."
    )
    message: str
    allocated_items: list[AllocatedItem]
    unavailable_items: list[UnavailableItem]


class AllocationResult(Schema):
    order_id: int
    order_number: str | None
    status: OrderStatus | None
    result: str = Field(description="`fulfilled`, `backordered` or `failed`.")
    reason: str | None = Field(description="Why it is still backordered, or failed.")


class BatchResult(Schema):
    message: str
    processed: int
    fulfilled: int
    still_backordered: int
    failed: int
    results: list[AllocationResult]


class SplitItem(Schema):
    line_id: int
    product_id: int
    sku: str | None
    product: str
    quantity: float
    unit: str


class SplitResult(Schema):
    original_order_id: int
    original_order_number: str
    original_status: OrderStatus
    backorder_order_id: int
    backorder_order_number: str
    shippable_items: list[SplitItem]
    backordered_items: list[SplitItem]

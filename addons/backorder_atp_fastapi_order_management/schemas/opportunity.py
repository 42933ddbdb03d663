# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Opportunities: responses."""

from enum import Enum

from pydantic import Field

from odoo.addons.backorder_atp_fastapi.schemas.common import (
    Moment,
    NextCursor,
    Schema,
)


class AllocationStatus(str, Enum):
    NONE = "none"
    PARTIAL = "partial"
    ALLOCATED = "allocated"
    EXPIRED = "expired"
    RELEASED = "released"
    ORDERED = "ordered"


class OpportunityLine(Schema):
    """Quantities are in the unit of the line."""

    line_id: int
    product_id: int
    sku: str | None
    product: str
    quantity: float
    unit: str
    warehouse_id: int | None
    warehouse: str | None
    reserved_quantity: float
    available_quantity: float = Field(
        description="What is reserved for it, and what else can be promised."
    )
    is_short: bool
    unit_price: float
    subtotal: float


class Opportunity(Schema):
    opportunity_id: int
    name: str
    stage: str | None
    probability: float = Field(description="In percent.")
    won_status: str = Field(description="`pending`, `won` or `lost`.")
    customer_id: int | None
    customer: str | None
    salesperson: str | None
    allocation_status: AllocationStatus
    allocated_value: float
    currency: str
    reserved_until: Moment | None
    release_reason: str | None
    can_allocate: bool
    lines: list[OpportunityLine]


class OpportunityPage(Schema):
    opportunities: list[Opportunity]
    next_cursor: NextCursor
    has_more: bool


class StageAllocation(Schema):
    stage: str | None
    opportunities: int
    value: float


class SkuAllocation(Schema):
    product_id: int
    sku: str | None
    product: str
    quantity: float
    value: float


class AllocationReport(Schema):
    total_opportunities: int
    total_allocated_value: float
    currency: str
    opportunities_by_stage: list[StageAllocation]
    inventory_allocation_by_sku: list[SkuAllocation]

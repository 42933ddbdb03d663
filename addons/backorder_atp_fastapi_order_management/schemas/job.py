# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Operations on many orders: requests and responses."""

from enum import Enum
from typing import Annotated

from pydantic import ConfigDict, Field

from odoo.addons.backorder_atp_fastapi.schemas.common import (
    Input,
    Moment,
    Schema,
    StrictId,
)
from odoo.addons.backorder_atp_fastapi.schemas.order import MAX_BATCH


class OrderIds(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"orderIds": [27, 28]}]})

    order_ids: Annotated[list[StrictId], Field(min_length=1, max_length=MAX_BATCH)]


class ImpactItem(Schema):
    line_id: int
    sku: str | None
    product: str
    location: str | None
    quantity: float = Field(description="In the product's unit.")
    unit_cost: float
    total_cost: float


class Impact(Schema):
    """What the order still takes from stock, at cost."""

    items: list[ImpactItem]
    total_quantity: float
    total_value: float


class ReconcileStatus(str, Enum):
    RIGHT = "right"
    REPAIRED = "repaired"
    FAILED = "failed"


class ReconcileOutcome(Schema):
    order_id: int
    order_number: str
    status: ReconcileStatus
    changes: list[str] = Field(description="What was repaired.")
    error: str | None
    impact: Impact


class ReconcileResult(Schema):
    total_orders: int
    right_count: int
    repaired_count: int
    failed_count: int
    reconciled_at: Moment
    currency: str
    results: list[ReconcileOutcome]


class JobStatus(str, Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class JobOutcome(Schema):
    order: str
    message: str
    is_failure: bool


class Job(Schema):
    job_id: int
    name: str
    status: JobStatus
    total: int
    done: int
    failed: int
    message: str
    results: list[JobOutcome] = Field(
        description="Once it is done: failures first, at most twenty."
    )


class Jobs(Schema):
    jobs: list[Job]

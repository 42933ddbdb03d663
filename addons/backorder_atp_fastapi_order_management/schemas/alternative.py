# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Alternatives for order lines: requests and responses."""

import datetime
from enum import Enum

from pydantic import ConfigDict, Field

from odoo.addons.backorder_atp_fastapi.schemas.common import Input, Schema, StrictId

from . import examples


class Kind(str, Enum):
    WAREHOUSE = "warehouse"
    SPLIT = "split"
    TRANSFER = "transfer"
    SUBSTITUTE = "substitute"


class Choice(Input):
    """The values of an alternative that was listed."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CHOICE]})

    line_id: StrictId
    kind: Kind
    product_id: StrictId
    warehouse_id: StrictId
    source_warehouse_id: StrictId | None = Field(
        None, description="The warehouse that a transfer leaves."
    )


class AlternativePart(Schema):
    warehouse_id: int
    quantity: float


class Alternative(Schema):
    """Quantities are in the product's unit; those of an order are numbers of lines."""

    kind: str = Field(
        description="`own` (no change), `warehouse`, `split`, `transfer`,"
        " `substitute`, or `order` for all lines together."
    )
    description: str
    line_id: int | None
    product_id: int | None
    sku: str | None
    product: str | None
    warehouse_id: int
    source_warehouse_id: int | None
    quantity: float
    available_quantity: float = Field(description="Now.")
    on_time_quantity: float = Field(description="By the requested date.")
    date: datetime.date | None = Field(description="When all of it is available.")
    lead_days: int = Field(description="Of a transfer.")
    is_covered: bool
    is_original: bool
    may_choose: bool = Field(description="Whether the caller may apply it.")
    note: str | None
    parts: list[AlternativePart] = Field(
        description="Of a split, in the unit of the line."
    )


class Alternatives(Schema):
    """For each line that is short or late: the best alternative first."""

    order_id: int
    order_number: str
    alternatives: list[Alternative]

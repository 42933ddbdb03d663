# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Goodwill discounts: requests and responses."""

from typing import Annotated

from pydantic import ConfigDict, Field

from odoo.addons.backorder_atp_fastapi.schemas.common import Schema, StrictBool
from odoo.addons.backorder_atp_fastapi.schemas.order import Decision, SplitItem

from . import examples


class Goodwill(Decision):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.GOODWILL]})

    percent: Annotated[float, Field(strict=True, gt=0, le=100, allow_inf_nan=False)]
    again: StrictBool = Field(
        False, description="Also on lines that have a goodwill discount already."
    )


class GoodwillLine(SplitItem):
    """A backordered quantity, in the unit of its line."""

    subtotal: float = Field(description="Untaxed, before the discount.")


class GoodwillPreview(Schema):
    order_id: int
    order_number: str
    currency: str
    subtotal: float
    lines: list[GoodwillLine]

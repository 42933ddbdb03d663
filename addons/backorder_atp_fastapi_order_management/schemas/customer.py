# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Stock, prices and credit of a customer: requests and responses."""

from enum import Enum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from odoo.addons.backorder_atp_fastapi.schemas.common import (
    Input,
    Moment,
    NextCursor,
    Price,
    Schema,
    ShortText,
    StrictId,
)

from . import examples

MAX_PRICES = 500
ALTERNATIVES = [("productId", "sku"), ("customerPrice", "discountPercentage")]
Percent = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]


class CustomerTier(str, Enum):
    BRONZE = "BRONZE"
    SILVER = "SILVER"
    GOLD = "GOLD"
    PLATINUM = "PLATINUM"


class CustomerItem(Schema):
    """Quantities are in the product's unit, prices in the company's currency."""

    product_id: int
    sku: str | None
    description: str
    unit: str
    available_quantity: float
    reserved_quantity: float = Field(description="Reserved for this customer.")
    unit_price: float = Field(description="The list price.")
    customer_price: float
    discount_percentage: float
    lead_time: float = Field(description="In days.")
    location: str | None = Field(description="The warehouses that have it.")
    total_value: float = Field(description="Available quantity at their price.")


class CustomerInventory(Schema):
    customer_id: int
    customer_name: str
    customer_tier: CustomerTier
    inventory_items: list[CustomerItem]
    total_value: float = Field(description="Of the items of this page.")
    currency: str
    last_updated: Moment
    next_cursor: NextCursor
    has_more: bool


class PriceUpdate(Input):
    """A price for one unit, or a discount off the list price."""

    model_config = ConfigDict(
        json_schema_extra={
            # one of each pair: two names, none of them together with its alternative
            "minProperties": 2,
            "dependentSchemas": {
                name: {"not": {"required": [other]}} for name, other in ALTERNATIVES
            },
        }
    )

    product_id: StrictId | None = None
    sku: ShortText | None = Field(None, description="Internal reference or barcode.")
    customer_price: Price | None = None
    discount_percentage: Percent | None = None

    @model_validator(mode="after")
    def check_choices(self):
        if (self.product_id is None) == (self.sku is None):
            raise ValueError("identify the product by either productId or sku")
        if (self.customer_price is None) == (self.discount_percentage is None):
            raise ValueError("set either customerPrice or discountPercentage")
        return self


class PriceUpdates(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.PRICES]})

    updates: Annotated[list[PriceUpdate], Field(min_length=1, max_length=MAX_PRICES)]


class UpdatedPrice(Schema):
    product_id: int
    sku: str | None
    product: str
    previous_price: float
    customer_price: float


class PricesResult(Schema):
    """The prices that have changed, in the currency of the pricelist."""

    customer_id: int
    pricelist_id: int
    pricelist: str
    updated: list[UpdatedPrice]


class CreditImpact(Schema):
    """Amounts are in the company's currency."""

    customer_id: int
    has_limit: bool
    credit_limit: float
    current_credit_used: float
    available_credit: float
    credit_impact: float
    remaining_credit: float
    can_process_order: bool
    currency: str
    sku: str | None = Field(None, description="If requested for a product.")
    quantity: float | None = None
    total_value: float | None = None

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Types that all requests and responses have in common."""

import re
from datetime import date, datetime, timezone
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from ..openapi import drop_null

# PostgreSQL stores ids in four bytes, and no NUL in a text.
MAX_ID = 2**31 - 1
NO_NUL = r"^[^\x00]*$"
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


def check_iso_date(value):
    """Accept texts only; Pydantic would also accept numbers as dates."""
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        raise ValueError("a date has the format YYYY-MM-DD")
    return value


def check_day(value):
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"the date must be between {FIRST_DAY} and {LAST_DAY}")
    return value


def check_iso_moment(value):
    """Accept texts only; Pydantic would also accept numbers as times."""
    if not isinstance(value, str) or not ISO_MOMENT.match(value):
        raise ValueError("a time has the format YYYY-MM-DDThh:mm:ssZ")
    return value


def to_utc(value):
    """Return the time as Odoo stores it, without a time zone."""
    check_day(value.date())
    return value.astimezone(timezone.utc).replace(tzinfo=None)


RecordId = Annotated[int, Field(ge=1, le=MAX_ID)]
StrictId = Annotated[int, Field(strict=True, ge=1, le=MAX_ID)]
StrictBool = Annotated[bool, Field(strict=True)]
Quantity = Annotated[
    float, Field(strict=True, ge=0, le=1_000_000_000, allow_inf_nan=False)
]
PositiveQuantity = Annotated[
    float, Field(strict=True, gt=0, le=1_000_000_000, allow_inf_nan=False)
]
Price = Annotated[
    float, Field(strict=True, ge=0, le=1_000_000_000, allow_inf_nan=False)
]
ShortText = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=128, pattern=NO_NUL)
]
LongText = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=2000, pattern=NO_NUL)
]
Day = Annotated[
    date,
    BeforeValidator(check_iso_date),
    AfterValidator(check_day),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            # approximates the bounds, which the schema of a text cannot have
            "pattern": r"^2[01]\d\d-\d\d-\d\d$",
        }
    ),
]
Moment = datetime
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(check_iso_moment),
    AfterValidator(to_utc),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": r"^2[01]\d\d-\d\d-\d\d[Tt]",
        }
    ),
]
NextCursor = Annotated[
    str | None,
    Field(description="The `cursor` of the next request; null on the last page."),
]


class Schema(BaseModel):
    """Names are in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Input(Schema):
    """The body of a request: unknown names are errors, and so is null."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def refuse_null(cls, values):
        if isinstance(values, dict):
            empty = [name for name, value in values.items() if value is None]
            if empty:
                raise ValueError(f"omit {', '.join(empty)} instead of sending null")
        return values

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema, handler):
        schema = handler(core_schema)
        own = handler.resolve_ref_schema(schema)
        own["properties"] = {
            name: drop_null(value) for name, value in own["properties"].items()
        }
        return schema


def require_one(name, *others):
    """Return the JSON schema of a choice: exactly one of these names.

    Not as ``oneOf``, of which generators of clients make a type for each choice.
    """
    return {
        "if": {"required": [name]},
        "then": {"not": {"anyOf": [{"required": [other]} for other in others]}},
        "else": require_one(*others) if len(others) > 1 else {"required": [*others]},
    }


class UnavailableItem(Schema):
    """A product that cannot be promised; quantities in the product's unit."""

    line_id: int | None = None
    product_id: int | None = None
    sku: str | None = None
    product: str | None = None
    warehouse_id: int | None = None
    required: float
    available: float
    shortfall: float
    reason: str | None = None


class FieldError(Schema):
    location: str = Field(description="Where, e.g. `body.lines.0.quantity`.")
    message: str


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="The kind of problem.")
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = Field(
        None, description="The invalid fields, if any."
    )
    unavailableItems: list[UnavailableItem] | None = Field(  # noqa: N815
        None, description="The items that are short, if any."
    )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Parameters that several operations have in common."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import StringConstraints

from ..cursor import CURSOR_PATTERN, MAX_CURSOR
from ..schemas.common import MAX_ID, PRINTABLE

OrderId = Annotated[int, Path(alias="orderId", ge=1, le=MAX_ID, examples=[28])]
Part = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128, pattern=PRINTABLE),
    Path(
        description="Id, internal reference or barcode of a product, in this order.",
        openapi_examples={
            "reference": {"summary": "An internal reference", "value": "CM-BTL-75"},
            "barcode": {"summary": "A barcode", "value": "4006381333931"},
            "id": {"summary": "An id", "value": "85"},
        },
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Records of a page.")]
CursorQuery = Annotated[
    str | None,
    Query(
        alias="cursor",
        min_length=1,
        max_length=MAX_CURSOR,
        pattern=CURSOR_PATTERN,
        description="The `nextCursor` of the previous page.",
    ),
]

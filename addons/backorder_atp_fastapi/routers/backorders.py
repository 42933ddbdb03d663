# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Query

from ..dependencies import CallerEnv
from ..schemas import examples
from ..schemas.backorder import BackorderReport, Backorders
from ..schemas.common import Day, RecordId
from .parameters import CursorQuery, Limit
from .responses import READ, get_responses, prepare_answer

router = APIRouter(tags=["orders"])


@router.get(
    "/orders/backorders",
    response_model=Backorders,
    operation_id="listBackorders",
    summary="List backorders: totals, by SKU and by order",
    responses=prepare_answer(examples.BACKORDERS) | get_responses(*READ),
)
def list_backorders(
    env: CallerEnv,
    limit: Limit = 50,
    cursor: CursorQuery = None,
    product_id: Annotated[
        RecordId | None,
        Query(alias="productId", description="Only backorders of this product."),
    ] = None,
    include_on_hold: Annotated[bool, Query(alias="includeOnHold")] = False,
):
    return env["backorder.api.backorder"]._list_backorders(
        limit, cursor, product_id, include_on_hold
    )


@router.get(
    "/orders/backorders/report",
    response_model=BackorderReport,
    operation_id="getBackorderReport",
    summary="Get the backorders by priority and status, and how long they took",
    responses=prepare_answer(examples.BACKORDER_REPORT) | get_responses(*READ),
)
def get_backorder_report(
    env: CallerEnv,
    since: Annotated[
        Day | None,
        Query(description="Only backorders filled since then count for the average."),
    ] = None,
):
    return env["backorder.api.backorder"]._get_backorder_report(since)

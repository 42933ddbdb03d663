# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Query

from ..dependencies import CallerEnv
from ..schemas import examples
from ..schemas.common import RecordId, ShortText
from ..schemas.event import EventPage
from .responses import READ, get_responses, prepare_answer

router = APIRouter(tags=["events"])


@router.get(
    "/events",
    response_model=EventPage,
    operation_id="listEvents",
    summary="List the events since the last request",
    responses=prepare_answer(examples.EVENTS) | get_responses(*READ),
)
def list_events(
    env: CallerEnv,
    after: Annotated[
        int,
        Query(ge=0, le=2**63 - 1, description="The `nextCursor` of the last response."),
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    types: Annotated[list[ShortText] | None, Query(alias="type", max_length=50)] = None,
    order_id: Annotated[RecordId | None, Query(alias="orderId")] = None,
):
    return env["backorder.api.event"]._list_events(after, limit, types or [], order_id)

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Query

from ..dependencies import CallerEnv
from ..schemas import examples
from ..schemas.availability import Availability
from ..schemas.common import RecordId
from .parameters import Part
from .responses import READ, get_responses, prepare_answer

router = APIRouter(tags=["inventory"])


@router.get(
    "/inventory/{part:path}/availability",
    response_model=Availability,
    operation_id="getAvailability",
    summary="Get the availability of a product",
    responses=prepare_answer(examples.AVAILABILITY) | get_responses(*READ, 404, 409),
)
def get_availability(
    part: Part,
    env: CallerEnv,
    warehouse_id: Annotated[
        RecordId | None,
        Query(
            alias="warehouseId", description="Default: all warehouses of the company."
        ),
    ] = None,
    explain: Annotated[
        bool, Query(description="Whether to include the documents behind each figure.")
    ] = False,
):
    return env["backorder.api.availability"]._get_availability(
        part, warehouse_id, explain
    )

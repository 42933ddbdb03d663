# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Path, Query

from ..dependencies import CallerEnv
from ..idempotency import AnyCall
from ..schemas import discrepancy as schemas
from ..schemas import discrepancy_examples as examples
from ..schemas.common import MAX_ID, RecordId
from ..schemas.order import Decision
from .parameters import CursorQuery, Limit, Part
from .responses import READ, get_responses, prepare_answer, prepare_post

router = APIRouter(tags=["inventory"])

DiscrepancyId = Annotated[
    int, Path(alias="discrepancyId", ge=1, le=MAX_ID, examples=[12])
]


@router.post(
    "/inventory/{part:path}/count",
    response_model=schemas.CountResult,
    operation_id="countStock",
    summary="Enter a count of a product, and apply it",
    responses=prepare_post(examples.COUNT_RESULT),
)
def count_stock(part: Part, payload: schemas.Count, call: AnyCall):
    api = call.env["backorder.api.discrepancy"]
    return call.answer(payload, schemas.CountResult, lambda: api._count(part, payload))


@router.get(
    "/discrepancies",
    response_model=schemas.DiscrepancyPage,
    operation_id="listDiscrepancies",
    summary="List the stock discrepancies, by default the open ones",
    responses=prepare_answer(examples.DISCREPANCY_PAGE) | get_responses(*READ),
)
def list_discrepancies(
    env: CallerEnv,
    limit: Limit = 50,
    cursor: CursorQuery = None,
    status: Annotated[
        list[schemas.DiscrepancyStatus] | None, Query(max_length=4)
    ] = None,
    severity: Annotated[list[schemas.Severity] | None, Query(max_length=4)] = None,
    product_id: Annotated[RecordId | None, Query(alias="productId")] = None,
    warehouse_id: Annotated[RecordId | None, Query(alias="warehouseId")] = None,
):
    filters = {
        "status": status and [one.value for one in status],
        "severity": severity and [one.value for one in severity],
        "product_id": product_id,
        "warehouse_id": warehouse_id,
    }
    return env["backorder.api.discrepancy"]._list_discrepancies(filters, limit, cursor)


@router.post(
    "/discrepancies",
    status_code=201,
    response_model=schemas.Discrepancy,
    operation_id="reportDiscrepancy",
    summary="Report a difference between the books and the shelf",
    responses=prepare_post(examples.DISCREPANCY, 201),
)
def report_discrepancy(payload: schemas.DiscrepancyCreate, call: AnyCall):
    api = call.env["backorder.api.discrepancy"]
    return call.answer(
        payload,
        schemas.Discrepancy,
        lambda: api._report_discrepancy(payload),
        status=201,
    )


@router.get(
    "/discrepancies/{discrepancyId:int}",
    response_model=schemas.Discrepancy,
    operation_id="getDiscrepancy",
    summary="Get a stock discrepancy",
    responses=prepare_answer(examples.DISCREPANCY) | get_responses(*READ, 404),
)
def get_discrepancy(discrepancy_id: DiscrepancyId, env: CallerEnv):
    return env["backorder.api.discrepancy"]._get_discrepancy(discrepancy_id)


@router.post(
    "/discrepancies/{discrepancyId:int}/review",
    response_model=schemas.Discrepancy,
    operation_id="reviewDiscrepancy",
    summary="Start the review of a discrepancy",
    responses=prepare_post({**examples.DISCREPANCY, "status": "under_review"}),
)
def review_discrepancy(discrepancy_id: DiscrepancyId, call: AnyCall):
    api = call.env["backorder.api.discrepancy"]
    return call.answer(
        None, schemas.Discrepancy, lambda: api._review_discrepancy(discrepancy_id)
    )


@router.post(
    "/discrepancies/{discrepancyId:int}/resolve",
    response_model=schemas.Discrepancy,
    operation_id="resolveDiscrepancy",
    summary="Close a discrepancy, and correct the stock if requested",
    responses=prepare_post(examples.CLOSED_DISCREPANCY),
)
def resolve_discrepancy(
    discrepancy_id: DiscrepancyId, payload: schemas.Resolution, call: AnyCall
):
    api = call.env["backorder.api.discrepancy"]
    return call.answer(
        payload,
        schemas.Discrepancy,
        lambda: api._resolve_discrepancy(discrepancy_id, payload),
    )


@router.post(
    "/discrepancies/{discrepancyId:int}/reject",
    response_model=schemas.Discrepancy,
    operation_id="rejectDiscrepancy",
    summary="Close a discrepancy that does not exist",
    responses=prepare_post({**examples.CLOSED_DISCREPANCY, "status": "rejected"}),
)
def reject_discrepancy(discrepancy_id: DiscrepancyId, payload: Decision, call: AnyCall):
    api = call.env["backorder.api.discrepancy"]
    return call.answer(
        payload,
        schemas.Discrepancy,
        lambda: api._reject_discrepancy(discrepancy_id, payload),
    )


@router.post(
    "/discrepancies/{discrepancyId:int}/reopen",
    response_model=schemas.Discrepancy,
    operation_id="reopenDiscrepancy",
    summary="Reopen a discrepancy",
    responses=prepare_post(examples.DISCREPANCY),
)
def reopen_discrepancy(discrepancy_id: DiscrepancyId, payload: Decision, call: AnyCall):
    api = call.env["backorder.api.discrepancy"]
    return call.answer(
        payload,
        schemas.Discrepancy,
        lambda: api._reopen_discrepancy(discrepancy_id, payload),
    )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Path

from odoo.addons.backorder_atp_fastapi.dependencies import CallerEnv
from odoo.addons.backorder_atp_fastapi.idempotency import AnyCall
from odoo.addons.backorder_atp_fastapi.routers.responses import (
    READ,
    get_responses,
    prepare_answer,
    prepare_post,
)
from odoo.addons.backorder_atp_fastapi.schemas.common import MAX_ID

from ..schemas import examples
from ..schemas import job as schemas

router = APIRouter(tags=["orders"])

JobId = Annotated[int, Path(alias="jobId", ge=1, le=MAX_ID, examples=[5])]


@router.get(
    "/jobs/{jobId:int}",
    response_model=schemas.Job,
    operation_id="getJob",
    summary="Get the progress of an operation on many orders",
    responses=prepare_answer(examples.JOB) | get_responses(*READ, 404),
)
def get_job(job_id: JobId, env: CallerEnv):
    return env["backorder.api.job"]._get_job(job_id)


@router.post(
    "/orders/reconcile-batch",
    response_model=schemas.ReconcileResult,
    operation_id="reconcileOrders",
    summary="Compute the backorders of orders again, and repair differences",
    responses=prepare_post(examples.RECONCILED),
)
def reconcile_orders(payload: schemas.OrderIds, call: AnyCall):
    api = call.env["backorder.api.job"]
    return call.answer(
        payload, schemas.ReconcileResult, lambda: api._reconcile_orders(payload)
    )


@router.post(
    "/orders/reconcile-all",
    status_code=202,
    response_model=schemas.Jobs,
    operation_id="reconcileAllOrders",
    summary="Reconcile all open orders in the background",
    responses=prepare_post(examples.JOBS, 202),
)
def reconcile_all(call: AnyCall):
    api = call.env["backorder.api.job"]
    return call.answer(None, schemas.Jobs, lambda: api._reconcile_all(), status=202)


@router.post(
    "/orders/allocate-all",
    status_code=202,
    response_model=schemas.Jobs,
    operation_id="allocateAllOrders",
    summary="Allocate all backordered orders in the background",
    responses=prepare_post(examples.JOBS, 202),
)
def allocate_all(call: AnyCall):
    api = call.env["backorder.api.job"]
    return call.answer(None, schemas.Jobs, lambda: api._allocate_all(), status=202)

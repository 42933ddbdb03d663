# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Path, Query

from odoo.addons.backorder_atp_fastapi.dependencies import CallerEnv
from odoo.addons.backorder_atp_fastapi.idempotency import AnyCall
from odoo.addons.backorder_atp_fastapi.routers.parameters import CursorQuery, Limit
from odoo.addons.backorder_atp_fastapi.routers.responses import (
    READ,
    get_responses,
    prepare_answer,
    prepare_post,
)
from odoo.addons.backorder_atp_fastapi.schemas.common import MAX_ID, RecordId
from odoo.addons.backorder_atp_fastapi.schemas.order import Decision

from ..schemas import examples
from ..schemas import opportunity as schemas
from ..schemas.customer import CreditImpact

router = APIRouter(tags=["opportunities"])

OpportunityId = Annotated[
    int, Path(alias="opportunityId", ge=1, le=MAX_ID, examples=[14])
]


@router.get(
    "/opportunities",
    response_model=schemas.OpportunityPage,
    operation_id="listOpportunities",
    summary="List opportunities with the stock they are likely to need",
    responses=prepare_answer(examples.OPPORTUNITY_PAGE) | get_responses(*READ),
)
def list_opportunities(
    env: CallerEnv,
    limit: Limit = 50,
    cursor: CursorQuery = None,
    customer_id: Annotated[
        RecordId | None,
        Query(alias="customerId", description="Of this customer and its contacts."),
    ] = None,
):
    return env["backorder.api.opportunity"]._list_opportunities(
        customer_id, limit, cursor
    )


@router.get(
    "/opportunities/allocation-report",
    response_model=schemas.AllocationReport,
    operation_id="getAllocationReport",
    summary="Get the stock reserved for opportunities, by stage and by SKU",
    responses=prepare_answer(examples.ALLOCATION_REPORT) | get_responses(*READ),
)
def get_allocation_report(env: CallerEnv):
    return env["backorder.api.opportunity"]._get_allocation_report()


@router.get(
    "/opportunities/{opportunityId:int}",
    response_model=schemas.Opportunity,
    operation_id="getOpportunity",
    summary="Get an opportunity with its stock",
    responses=prepare_answer(examples.OPPORTUNITY) | get_responses(*READ, 404),
)
def get_opportunity(opportunity_id: OpportunityId, env: CallerEnv):
    return env["backorder.api.opportunity"]._get_opportunity(opportunity_id)


@router.get(
    "/opportunities/{opportunityId:int}/credit-impact",
    response_model=CreditImpact,
    operation_id="getOpportunityCreditImpact",
    summary="Get the effect of an opportunity on the credit of its customer",
    responses=prepare_answer(examples.CREDIT) | get_responses(*READ, 404),
)
def get_opportunity_credit_impact(opportunity_id: OpportunityId, env: CallerEnv):
    return env["backorder.api.opportunity"]._get_opportunity_credit(opportunity_id)


@router.post(
    "/opportunities/{opportunityId:int}/allocate",
    response_model=schemas.Opportunity,
    operation_id="allocateOpportunity",
    summary="Reserve the stock for an opportunity, all or nothing",
    responses=prepare_post(examples.OPPORTUNITY),
)
def allocate_opportunity(opportunity_id: OpportunityId, call: AnyCall):
    api = call.env["backorder.api.opportunity"]
    return call.answer(
        None,
        schemas.Opportunity,
        lambda: api._allocate_opportunity(opportunity_id),
    )


@router.post(
    "/opportunities/{opportunityId:int}/release",
    response_model=schemas.Opportunity,
    operation_id="releaseOpportunity",
    summary="Release the stock reserved for an opportunity",
    responses=prepare_post(examples.RELEASED_OPPORTUNITY),
)
def release_opportunity(
    opportunity_id: OpportunityId, payload: Decision, call: AnyCall
):
    api = call.env["backorder.api.opportunity"]
    return call.answer(
        payload,
        schemas.Opportunity,
        lambda: api._release_opportunity(opportunity_id, payload),
    )

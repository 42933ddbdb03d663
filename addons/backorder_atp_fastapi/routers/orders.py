# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Path

from ..dependencies import CallerEnv
from ..idempotency import AnyCall, KeyedCall
from ..schemas import examples
from ..schemas import order as schemas
from ..schemas.common import MAX_ID
from .responses import READ, WRITE, get_responses, prepare_answer

router = APIRouter(tags=["orders"])

OrderId = Annotated[int, Path(alias="orderId", ge=1, le=MAX_ID, examples=[28])]
ERRORS = get_responses(*WRITE)


def get_post_responses(example, status=200):
    return prepare_answer(example, status, is_replayed=True) | ERRORS


# The default of a request without a body.
NO_APPROVAL, NO_ALLOCATION = schemas.Approval(), schemas.Allocation()


@router.post(
    "/orders",
    status_code=201,
    response_model=schemas.OrderResult,
    operation_id="createOrder",
    summary="Create an order, and confirm it if its stock can be promised",
    responses=get_post_responses(examples.ORDER_RESULT, 201),
)
def create_order(payload: schemas.OrderCreate, call: KeyedCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload,
        schemas.OrderResult,
        lambda: api._create_order(payload),
        status=201,
        wait=lambda: api._serialize_new(payload),
    )


@router.post(
    "/orders/allocate-batch",
    response_model=schemas.BatchResult,
    operation_id="allocateOrders",
    summary="Allocate several orders, each separately",
    responses=get_post_responses(examples.BATCH_RESULT),
)
def allocate_orders(payload: schemas.BatchAllocation, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload, schemas.BatchResult, lambda: api._allocate_batch(payload)
    )


@router.get(
    "/orders/{orderId:int}",
    response_model=schemas.Order,
    operation_id="getOrder",
    summary="Get an order",
    responses=prepare_answer(examples.ORDER) | get_responses(*READ, 404),
)
def get_order(order_id: OrderId, env: CallerEnv):
    api = env["backorder.api.order"]
    return api._prepare_order(api._find_order(order_id))


@router.put(
    "/orders/{orderId:int}",
    response_model=schemas.OrderResult,
    operation_id="updateOrder",
    summary="Change an order; increased quantities are checked again",
    responses=prepare_answer(examples.ORDER_RESULT) | ERRORS,
)
def update_order(order_id: OrderId, payload: schemas.OrderUpdate, env: CallerEnv):
    return env["backorder.api.order"]._update_order(order_id, payload)


@router.post(
    "/orders/{orderId:int}/approve",
    response_model=schemas.OrderResult,
    operation_id="approveOrder",
    summary="Confirm a draft, or approve an order beyond stock",
    responses=get_post_responses(examples.ORDER_RESULT),
)
def approve_order(
    order_id: OrderId, call: AnyCall, payload: schemas.Approval = NO_APPROVAL
):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload,
        schemas.OrderResult,
        lambda: api._approve_order(order_id, payload),
        wait=lambda: api._serialize_existing(order_id),
    )


@router.post(
    "/orders/{orderId:int}/allocate",
    response_model=schemas.OrderResult,
    operation_id="allocateOrder",
    summary="Allocate an order",
    responses=get_post_responses(examples.ORDER_RESULT),
)
def allocate_order(
    order_id: OrderId, call: AnyCall, payload: schemas.Allocation = NO_ALLOCATION
):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload, schemas.OrderResult, lambda: api._allocate_order(order_id, payload)
    )


@router.post(
    "/orders/{orderId:int}/split-backorder",
    response_model=schemas.SplitResult,
    operation_id="splitBackorder",
    summary="Move the backordered items to a new order",
    responses=get_post_responses(examples.SPLIT_RESULT),
)
def split_backorder(order_id: OrderId, payload: schemas.Split, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload, schemas.SplitResult, lambda: api._split_order(order_id, payload)
    )

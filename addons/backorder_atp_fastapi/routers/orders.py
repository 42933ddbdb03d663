# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Query

from ..dependencies import CallerEnv
from ..idempotency import AnyCall, KeyedCall
from ..schemas import examples
from ..schemas import order as schemas
from ..schemas.common import Instant, RecordId, ShortText
from .parameters import CursorQuery, Limit, OrderId
from .responses import READ, WRITE, get_responses, prepare_answer, prepare_post

router = APIRouter(tags=["orders"])

ERRORS = get_responses(*WRITE)


# The default of a request without a body.
NO_APPROVAL, NO_ALLOCATION = schemas.Approval(), schemas.Allocation()


@router.get(
    "/orders",
    response_model=schemas.OrderPage,
    operation_id="listOrders",
    summary="List orders",
    responses=prepare_answer(examples.ORDER_PAGE) | get_responses(*READ),
)
def list_orders(
    env: CallerEnv,
    limit: Limit = 50,
    cursor: CursorQuery = None,
    status: Annotated[list[schemas.OrderStatus] | None, Query(max_length=8)] = None,
    customer_id: Annotated[
        RecordId | None,
        Query(alias="customerId", description="Of this customer and its contacts."),
    ] = None,
    customer_reference: Annotated[
        ShortText | None, Query(alias="customerReference")
    ] = None,
    changed_since: Annotated[
        Instant | None,
        Query(
            alias="changedSince",
            description="Only orders that changed, or had a line changed, since then.",
        ),
    ] = None,
):
    filters = {
        "status": status,
        "customer_id": customer_id,
        "customer_reference": customer_reference,
        "changed_since": changed_since,
    }
    return env["backorder.api.order"]._list_orders(filters, limit, cursor)


@router.post(
    "/orders",
    status_code=201,
    response_model=schemas.OrderResult,
    operation_id="createOrder",
    summary="Create an order, and confirm it if its stock can be promised",
    responses=prepare_post(examples.ORDER_RESULT, 201),
)
def create_order(payload: schemas.OrderCreate, call: KeyedCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload,
        schemas.OrderResult,
        lambda: api._create_order(payload),
        status=201,
    )


@router.post(
    "/orders/allocate-batch",
    response_model=schemas.BatchResult,
    operation_id="allocateOrders",
    summary="Allocate several orders, each separately",
    responses=prepare_post(examples.BATCH_RESULT),
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
    responses=prepare_post(examples.ORDER_RESULT),
)
def approve_order(
    order_id: OrderId, call: AnyCall, payload: schemas.Approval = NO_APPROVAL
):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload,
        schemas.OrderResult,
        lambda: api._approve_order(order_id, payload),
    )


@router.post(
    "/orders/{orderId:int}/allocate",
    response_model=schemas.OrderResult,
    operation_id="allocateOrder",
    summary="Allocate an order",
    responses=prepare_post(examples.ORDER_RESULT),
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
    responses=prepare_post(examples.SPLIT_RESULT),
)
def split_backorder(order_id: OrderId, payload: schemas.Split, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload, schemas.SplitResult, lambda: api._split_order(order_id, payload)
    )


@router.post(
    "/orders/{orderId:int}/hold",
    response_model=schemas.Order,
    operation_id="holdOrder",
    summary="Put a backordered order on hold",
    responses=prepare_post(examples.HELD_ORDER),
)
def hold_order(order_id: OrderId, payload: schemas.Decision, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload, schemas.Order, lambda: api._hold_order(order_id, payload)
    )


@router.post(
    "/orders/{orderId:int}/release",
    response_model=schemas.Order,
    operation_id="releaseOrder",
    summary="Release an order from hold",
    responses=prepare_post(examples.ORDER),
)
def release_order(order_id: OrderId, payload: schemas.Decision, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload, schemas.Order, lambda: api._release_order(order_id, payload)
    )


@router.post(
    "/orders/{orderId:int}/reject",
    response_model=schemas.Order,
    operation_id="rejectOrder",
    summary="Reject an order beyond stock",
    responses=prepare_post(examples.ORDER),
)
def reject_order(order_id: OrderId, payload: schemas.Decision, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload, schemas.Order, lambda: api._reject_order(order_id, payload)
    )


@router.post(
    "/orders/{orderId:int}/withdraw",
    response_model=schemas.Order,
    operation_id="withdrawOrder",
    summary="Withdraw a request for approval",
    responses=prepare_post(examples.ORDER),
)
def withdraw_order(order_id: OrderId, payload: schemas.Decision, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(
        payload, schemas.Order, lambda: api._withdraw_order(order_id, payload)
    )


@router.post(
    "/orders/{orderId:int}/cancel",
    response_model=schemas.Order,
    operation_id="cancelOrder",
    summary="Cancel an order, which releases its stock",
    responses=prepare_post(examples.CANCELLED_ORDER),
)
def cancel_order(order_id: OrderId, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(None, schemas.Order, lambda: api._cancel_order(order_id))


@router.post(
    "/orders/{orderId:int}/merge-backorder",
    response_model=schemas.Order,
    operation_id="mergeBackorder",
    summary="Merge an order back into the one it was split from",
    responses=prepare_post(examples.ORDER),
)
def merge_order(order_id: OrderId, call: AnyCall):
    api = call.env["backorder.api.order"]
    return call.answer(None, schemas.Order, lambda: api._merge_order(order_id))

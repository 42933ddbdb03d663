# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Path, Query

from odoo.addons.backorder_atp_fastapi.dependencies import CallerEnv
from odoo.addons.backorder_atp_fastapi.idempotency import AnyCall
from odoo.addons.backorder_atp_fastapi.routers.parameters import (
    CursorQuery,
    Limit,
    OrderId,
)
from odoo.addons.backorder_atp_fastapi.routers.responses import (
    READ,
    get_responses,
    prepare_answer,
    prepare_post,
)
from odoo.addons.backorder_atp_fastapi.schemas.common import MAX_ID, RecordId
from odoo.addons.backorder_atp_fastapi.schemas.order import Decision

from ..schemas import examples
from ..schemas import reservation as schemas

router = APIRouter(tags=["reservations"])

ReservationId = Annotated[
    int, Path(alias="reservationId", ge=1, le=MAX_ID, examples=[7])
]
# The default of a request without a body.
EVERYTHING = schemas.OrderReserve()


@router.get(
    "/reservations",
    response_model=schemas.ReservationPage,
    operation_id="listReservations",
    summary="List soft reservations, by default the active ones",
    responses=prepare_answer(examples.RESERVATION_PAGE) | get_responses(*READ),
)
def list_reservations(
    env: CallerEnv,
    limit: Limit = 50,
    cursor: CursorQuery = None,
    status: Annotated[
        list[schemas.ReservationStatus] | None, Query(max_length=4)
    ] = None,
    customer_id: Annotated[
        RecordId | None,
        Query(alias="customerId", description="Of this customer and its contacts."),
    ] = None,
    order_id: Annotated[RecordId | None, Query(alias="orderId")] = None,
    product_id: Annotated[RecordId | None, Query(alias="productId")] = None,
):
    filters = {
        "status": status and [one.value for one in status],
        "customer_id": customer_id,
        "order_id": order_id,
        "product_id": product_id,
    }
    return env["backorder.api.reservation"]._list_reservations(filters, limit, cursor)


@router.get(
    "/reservations/{reservationId:int}",
    response_model=schemas.Reservation,
    operation_id="getReservation",
    summary="Get a soft reservation",
    responses=prepare_answer(examples.RESERVATION) | get_responses(*READ, 404),
)
def get_reservation(reservation_id: ReservationId, env: CallerEnv):
    return env["backorder.api.reservation"]._get_reservation(reservation_id)


@router.post(
    "/reservations",
    status_code=201,
    response_model=schemas.Reservation,
    operation_id="createReservation",
    summary="Reserve stock for a customer or a quotation",
    responses=prepare_post(examples.RESERVATION, 201),
)
def create_reservation(payload: schemas.ReservationCreate, call: AnyCall):
    api = call.env["backorder.api.reservation"]
    return call.answer(
        payload,
        schemas.Reservation,
        lambda: api._create_reservation(payload),
        status=201,
    )


@router.post(
    "/reservations/{reservationId:int}/extend",
    response_model=schemas.Reservation,
    operation_id="extendReservation",
    summary="Let a soft reservation expire later",
    responses=prepare_post(examples.RESERVATION),
)
def extend_reservation(
    reservation_id: ReservationId, payload: schemas.Extension, call: AnyCall
):
    api = call.env["backorder.api.reservation"]
    return call.answer(
        payload,
        schemas.Reservation,
        lambda: api._extend_reservation(reservation_id, payload),
    )


@router.post(
    "/reservations/{reservationId:int}/release",
    response_model=schemas.Reservation,
    operation_id="releaseReservation",
    summary="Release a soft reservation",
    responses=prepare_post(examples.RELEASED_RESERVATION),
)
def release_reservation(
    reservation_id: ReservationId, payload: Decision, call: AnyCall
):
    api = call.env["backorder.api.reservation"]
    return call.answer(
        payload,
        schemas.Reservation,
        lambda: api._release_reservation(reservation_id, payload),
    )


@router.post(
    "/orders/{orderId:int}/reserve",
    response_model=schemas.OrderReservations,
    operation_id="reserveOrder",
    summary="Reserve what a quotation needs",
    responses=prepare_post(examples.ORDER_RESERVATIONS),
)
def reserve_order(
    order_id: OrderId, call: AnyCall, payload: schemas.OrderReserve = EVERYTHING
):
    api = call.env["backorder.api.reservation"]
    return call.answer(
        payload,
        schemas.OrderReservations,
        lambda: api._reserve_order(order_id, payload),
    )

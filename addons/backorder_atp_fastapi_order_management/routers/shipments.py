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
from ..schemas import shipment as schemas

router = APIRouter(tags=["shipments"])

ShipmentId = Annotated[int, Path(alias="shipmentId", ge=1, le=MAX_ID, examples=[33])]
# The default of a request without a body.
NO_NUMBER = schemas.Dispatch()


@router.get(
    "/shipments",
    response_model=schemas.ShipmentPage,
    operation_id="listShipments",
    summary="List shipments to customers",
    responses=prepare_answer(examples.SHIPMENT_PAGE) | get_responses(*READ, 404),
)
def list_shipments(
    env: CallerEnv,
    limit: Limit = 50,
    cursor: CursorQuery = None,
    status: Annotated[list[schemas.ShipmentStatus] | None, Query(max_length=9)] = None,
    order_id: Annotated[RecordId | None, Query(alias="orderId")] = None,
):
    return env["backorder.api.shipment"]._list_shipments(
        status and [one.value for one in status], order_id, limit, cursor
    )


@router.get(
    "/shipments/{shipmentId:int}",
    response_model=schemas.Shipment,
    operation_id="getShipment",
    summary="Get the tracking of a shipment",
    responses=prepare_answer(examples.SHIPMENT) | get_responses(*READ, 404),
)
def get_shipment(shipment_id: ShipmentId, env: CallerEnv):
    return env["backorder.api.shipment"]._get_shipment(shipment_id)


@router.post(
    "/shipments/{shipmentId:int}/start",
    response_model=schemas.Shipment,
    operation_id="startShipment",
    summary="Start to pick and pack a reserved delivery",
    responses=prepare_post(examples.SHIPMENT),
)
def start_shipment(shipment_id: ShipmentId, call: AnyCall):
    api = call.env["backorder.api.shipment"]
    return call.answer(None, schemas.Shipment, lambda: api._start_shipment(shipment_id))


@router.post(
    "/shipments/{shipmentId:int}/complete",
    response_model=schemas.Shipment,
    operation_id="completeShipment",
    summary="Validate a delivery in progress, which takes its stock",
    responses=prepare_post(examples.SHIPMENT),
)
def complete_shipment(shipment_id: ShipmentId, call: AnyCall):
    api = call.env["backorder.api.shipment"]
    return call.answer(
        None, schemas.Shipment, lambda: api._complete_shipment(shipment_id)
    )


@router.post(
    "/shipments/{shipmentId:int}/ship",
    response_model=schemas.Shipment,
    operation_id="shipShipment",
    summary="Hand a completed delivery to the carrier",
    responses=prepare_post(examples.SHIPMENT),
)
def ship_shipment(
    shipment_id: ShipmentId, call: AnyCall, payload: schemas.Dispatch = NO_NUMBER
):
    api = call.env["backorder.api.shipment"]
    return call.answer(
        payload, schemas.Shipment, lambda: api._ship_shipment(shipment_id, payload)
    )


@router.post(
    "/shipments/{shipmentId:int}/in-transit",
    response_model=schemas.Shipment,
    operation_id="setInTransit",
    summary="Set a shipped delivery in transit, also for another attempt",
    responses=prepare_post(examples.SHIPMENT),
)
def set_in_transit(shipment_id: ShipmentId, call: AnyCall):
    api = call.env["backorder.api.shipment"]
    return call.answer(None, schemas.Shipment, lambda: api._set_in_transit(shipment_id))


@router.post(
    "/shipments/{shipmentId:int}/deliver",
    response_model=schemas.Shipment,
    operation_id="deliverShipment",
    summary="Record that the customer has received a delivery",
    responses=prepare_post(examples.SHIPMENT),
)
def deliver_shipment(shipment_id: ShipmentId, call: AnyCall):
    api = call.env["backorder.api.shipment"]
    return call.answer(
        None, schemas.Shipment, lambda: api._deliver_shipment(shipment_id)
    )


@router.post(
    "/shipments/{shipmentId:int}/fail",
    response_model=schemas.Shipment,
    operation_id="failShipment",
    summary="Record that the carrier could not deliver",
    responses=prepare_post(examples.SHIPMENT),
)
def fail_shipment(shipment_id: ShipmentId, payload: Decision, call: AnyCall):
    api = call.env["backorder.api.shipment"]
    return call.answer(
        payload, schemas.Shipment, lambda: api._fail_shipment(shipment_id, payload)
    )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fastapi import APIRouter

from odoo.addons.backorder_atp_fastapi.dependencies import CallerEnv
from odoo.addons.backorder_atp_fastapi.idempotency import AnyCall
from odoo.addons.backorder_atp_fastapi.routers.parameters import OrderId
from odoo.addons.backorder_atp_fastapi.routers.responses import (
    READ,
    get_responses,
    prepare_answer,
    prepare_post,
)
from odoo.addons.backorder_atp_fastapi.schemas import examples as order_examples
from odoo.addons.backorder_atp_fastapi.schemas.order import Order

from ..schemas import alternative as schemas
from ..schemas import examples

router = APIRouter(tags=["orders"])


@router.get(
    "/orders/{orderId:int}/alternatives",
    response_model=schemas.Alternatives,
    operation_id="listAlternatives",
    summary="List the alternatives for lines that are short or late",
    responses=prepare_answer(examples.ALTERNATIVES) | get_responses(*READ, 404),
)
def list_alternatives(order_id: OrderId, env: CallerEnv):
    return env["backorder.api.alternative"]._list_alternatives(order_id)


@router.post(
    "/orders/{orderId:int}/alternatives",
    response_model=Order,
    operation_id="chooseAlternative",
    summary="Apply an alternative of a line",
    responses=prepare_post(order_examples.ORDER),
)
def choose_alternative(order_id: OrderId, payload: schemas.Choice, call: AnyCall):
    api = call.env["backorder.api.alternative"]
    return call.answer(
        payload, Order, lambda: api._choose_alternative(order_id, payload)
    )

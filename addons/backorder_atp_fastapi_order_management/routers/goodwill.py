# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import Annotated

from fastapi import APIRouter, Query

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

from ..schemas import examples
from ..schemas import goodwill as schemas

router = APIRouter(tags=["orders"])


@router.get(
    "/orders/{orderId:int}/goodwill",
    response_model=schemas.GoodwillPreview,
    operation_id="previewGoodwill",
    summary="Get the backordered items that a goodwill discount would apply to",
    responses=prepare_answer(examples.GOODWILL_PREVIEW) | get_responses(*READ, 404),
)
def preview_goodwill(
    order_id: OrderId,
    env: CallerEnv,
    again: Annotated[
        bool, Query(description="Also lines that have a goodwill discount already.")
    ] = False,
):
    return env["backorder.api.goodwill"]._preview_goodwill(order_id, again)


@router.post(
    "/orders/{orderId:int}/goodwill",
    response_model=Order,
    operation_id="applyGoodwill",
    summary="Grant a goodwill discount on the backordered items",
    responses=prepare_post(order_examples.ORDER),
)
def apply_goodwill(order_id: OrderId, payload: schemas.Goodwill, call: AnyCall):
    api = call.env["backorder.api.goodwill"]
    return call.answer(payload, Order, lambda: api._apply_goodwill(order_id, payload))

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
from odoo.addons.backorder_atp_fastapi.schemas.common import MAX_ID, ShortText

from ..schemas import customer as schemas
from ..schemas import examples

router = APIRouter(tags=["customers"])

CustomerId = Annotated[int, Path(alias="customerId", ge=1, le=MAX_ID, examples=[57])]
MAX_AMOUNT = 1_000_000_000_000


@router.get(
    "/customers/{customerId:int}/inventory",
    response_model=schemas.CustomerInventory,
    operation_id="getCustomerInventory",
    summary="Get the stock and prices of products for a customer",
    responses=prepare_answer(examples.INVENTORY) | get_responses(*READ, 404),
)
def get_customer_inventory(
    customer_id: CustomerId,
    env: CallerEnv,
    limit: Limit = 50,
    cursor: CursorQuery = None,
    skus: Annotated[
        list[ShortText] | None,
        Query(alias="sku", max_length=100, description="Only these products."),
    ] = None,
):
    return env["backorder.api.customer"]._get_inventory(
        customer_id, limit, cursor, skus
    )


@router.get(
    "/customers/{customerId:int}/credit-impact",
    response_model=schemas.CreditImpact,
    operation_id="getCustomerCreditImpact",
    summary="Get the effect of an amount or a product on the credit of a customer",
    responses=prepare_answer(examples.CREDIT) | get_responses(*READ, 404, 409),
)
def get_customer_credit_impact(
    customer_id: CustomerId,
    env: CallerEnv,
    amount: Annotated[
        float | None,
        Query(
            ge=0,
            le=MAX_AMOUNT,
            allow_inf_nan=False,
            description="In the company's currency, with taxes.",
        ),
    ] = None,
    part: Annotated[
        ShortText | None,
        Query(description="Without an amount: id, internal reference or barcode."),
    ] = None,
    quantity: Annotated[
        float | None, Query(gt=0, le=1_000_000_000, allow_inf_nan=False)
    ] = None,
):
    return env["backorder.api.customer"]._get_customer_credit(
        customer_id, amount, part, quantity
    )


@router.get(
    "/orders/{orderId:int}/credit-impact",
    response_model=schemas.CreditImpact,
    operation_id="getOrderCreditImpact",
    summary="Get the effect of an order on the credit of its customer",
    responses=prepare_answer(examples.CREDIT) | get_responses(*READ, 404),
)
def get_order_credit_impact(order_id: OrderId, env: CallerEnv):
    return env["backorder.api.customer"]._get_order_credit(order_id)


@router.post(
    "/customers/{customerId:int}/prices",
    response_model=schemas.PricesResult,
    operation_id="updateCustomerPrices",
    summary="Change the prices of a customer, all or none",
    responses=prepare_post(examples.PRICES_RESULT),
)
def update_customer_prices(
    customer_id: CustomerId, payload: schemas.PriceUpdates, call: AnyCall
):
    api = call.env["backorder.api.customer"]
    return call.answer(
        payload, schemas.PricesResult, lambda: api._update_prices(customer_id, payload)
    )

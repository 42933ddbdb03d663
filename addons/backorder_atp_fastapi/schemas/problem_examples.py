# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Examples of problems, for the OpenAPI description."""

from ..problems import prepare_body
from .examples import UNAVAILABLE


def prepare_problems(*rows):
    """Return ``{status: {kind: body}}``."""
    problems = {}
    for status, kind, title, detail, *members in rows:
        body = prepare_body(status, kind, title, detail, **dict(*members))
        problems.setdefault(status, {})[kind] = body
    return problems


PROBLEMS = prepare_problems(
    (
        400,
        "refused",
        "Refused",
        "Order S00027 cannot be split (status: ALLOCATED). Only PARTIALLY_ALLOCATED or"
        " BACKORDERED orders can be split.",
    ),
    (
        401,
        "unauthorized",
        "Unauthorized",
        "Send an API key as X-Api-Key or as a Bearer token.",
    ),
    (403, "forbidden", "Forbidden", "This API is for employees only."),
    (404, "not-found", "Not found", "Order not found: 4711"),
    (
        409,
        "ambiguous",
        "Ambiguous",
        "Several products have the reference CM-BTL-75. Use the id instead.",
    ),
    (
        409,
        "request-in-progress",
        "Request in progress",
        "The first request with this Idempotency-Key is still running. Try again"
        " later.",
    ),
    (
        413,
        "request-entity-too-large",
        "Request Entity Too Large",
        "The data value transmitted exceeds the capacity limit.",
    ),
    (
        415,
        "unsupported-media-type",
        "Unsupported Media Type",
        "Send the body as JSON, with the header Content-Type: application/json.",
    ),
    (
        422,
        "validation",
        "Validation failed",
        "body.lines.0.quantity: Input should be greater than 0",
        {
            "errors": [
                {
                    "location": "body.lines.0.quantity",
                    "message": "Input should be greater than 0",
                }
            ]
        },
    ),
    (
        422,
        "insufficient-inventory",
        "Insufficient inventory for order fulfillment",
        "S00028 exceeds the stock available to promise.",
        {
            "unavailableItems": [
                {**UNAVAILABLE, "required": 7.0, "available": 5.0, "reason": None}
            ]
        },
    ),
    (
        422,
        "idempotency-key-reused",
        "Idempotency key reused",
        "This Idempotency-Key was used for another request.",
    ),
    (
        429,
        "too-many-requests",
        "Too many requests",
        "This API key may send 600 requests per minute. Try again later.",
    ),
    (
        500,
        "internal-server-error",
        "Internal Server Error",
        "Internal error. See the server log for details.",
    ),
    (
        503,
        "busy",
        "Busy",
        "The same records are being changed by another request. Try again.",
    ),
)

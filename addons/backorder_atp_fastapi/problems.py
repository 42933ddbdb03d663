# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""All errors as problem details (RFC 9457)."""

import logging
from http import HTTPStatus

from psycopg2 import OperationalError
from starlette.exceptions import HTTPException
from werkzeug.exceptions import HTTPException as WerkzeugHTTPException

from odoo.exceptions import (
    AccessDenied,
    AccessError,
    ConcurrencyError,
    LockError,
    MissingError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.http import SessionExpiredException

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:backorder-atp:problem:"
# Seconds to wait before the next attempt.
RETRY_AFTER = "1"
# Conflicts with concurrent transactions; a LockError is a UserError, too.
BUSY = (LockError, ConcurrencyError, OperationalError)
ODOO_PROBLEMS = [
    ((AccessError, AccessDenied), 403, "forbidden", "Forbidden"),
    (SessionExpiredException, 401, "unauthorized", "Unauthorized"),
    (MissingError, 404, "not-found", "Not found"),
    (ValidationError, 422, "validation", "Validation failed"),
    ((UserError, RedirectWarning), 400, "refused", "Refused"),
]


class ApiProblem(Exception):
    """A problem found by the API itself; the request is rolled back.

    :param kind: the last part of its type, the same for all such problems
    :param members: further members of the body
    """

    loglevel = logging.INFO

    def __init__(self, status, kind, title, detail, headers=None, **members):
        super().__init__(detail)
        self.status = status
        self.headers = headers or {}
        self.body = prepare_body(status, kind, title, detail, **members)

    @classmethod
    def from_body(cls, body):
        problem = cls(body["status"], "", body["title"], body["detail"])
        problem.body = body
        return problem


def prepare_body(status, kind, title, detail, **members):
    return {
        "type": TYPE_PREFIX + kind,
        "title": title,
        "status": status,
        "detail": detail,
        **members,
    }


def insufficient_inventory(message, items):
    """Return the problem of an order that exceeds what can be promised.

    :param items: as ``sale.order.process_promise`` returns them
    """
    return ApiProblem(
        422,
        "insufficient-inventory",
        "Insufficient inventory for order fulfillment",
        message,
        unavailableItems=[
            {name: None if value is False else value for name, value in item.items()}
            for item in items
        ],
    )


def not_found(message):
    return ApiProblem(404, "not-found", "Not found", message)


def unauthorized(message):
    return ApiProblem(
        401,
        "unauthorized",
        "Unauthorized",
        message,
        headers={"WWW-Authenticate": "Bearer"},
    )


def too_many_requests(limit, seconds):
    return ApiProblem(
        429,
        "too-many-requests",
        "Too many requests",
        f"This API key may send {limit} requests per minute. Try again later.",
        headers={"Retry-After": str(seconds)},
    )


def get_problem(exc):
    """Return ``(status, body, headers)`` of any exception."""
    if isinstance(exc, ApiProblem):
        return exc.status, exc.body, exc.headers
    if isinstance(exc, HTTPException):
        return get_http_problem(exc.status_code, str(exc.detail), exc.headers or {})
    if isinstance(exc, WerkzeugHTTPException) and exc.code:
        headers = {
            name: value
            for name, value in exc.get_headers()
            if name in ("Allow", "WWW-Authenticate", "Retry-After")
        }
        return get_http_problem(exc.code, exc.description or exc.name, headers)
    return get_odoo_problem(exc)


def get_http_problem(status, detail, headers):
    title = HTTPStatus(status).phrase
    kind = title.lower().replace(" ", "-")
    return status, prepare_body(status, kind, title, detail), dict(headers)


def get_odoo_problem(exc):
    """Return the problem of an error of Odoo, with its message."""
    if isinstance(exc, BUSY):
        message = "The same records are being changed by another request. Try again."
        body = prepare_body(503, "busy", "Busy", message)
        return 503, body, {"Retry-After": RETRY_AFTER}
    for classes, status, kind, title in ODOO_PROBLEMS:
        if isinstance(exc, classes):
            message = str(exc.args[0] if exc.args else exc)
            return status, prepare_body(status, kind, title, message), {}
    return get_http_problem(500, "Internal error. See the server log for details.", {})


def get_shortage_problem(exc):
    """Return the problem of a refused order, with its items.

    It is built before the rollback, so that it includes lines that were just added.
    """
    orders = [shortage.order for shortage in exc.shortages]
    items = orders[0]._prepare_unavailable_items(exc.shortages) if orders else []
    return insufficient_inventory(str(exc), items)


def prepare_validation_body(exc):
    """Return the error of each field, without repeating the values."""
    errors = [
        {
            "location": ".".join(map(str, error["loc"])),
            "message": error["msg"],
        }
        for error in exc.errors()
    ]
    return prepare_body(
        422,
        "validation",
        "Validation failed",
        "; ".join(f"{error['location']}: {error['message']}" for error in errors),
        errors=errors,
    )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Responses of the operations, for the OpenAPI description."""

from ..schemas.common import Problem
from ..schemas.problem_examples import PROBLEMS

TEXTS = {
    400: "Refused; `detail` has the reason.",
    401: "The API key is missing, unknown or expired.",
    403: "The caller is not allowed to do this.",
    404: "The record does not exist, or the caller may not read it.",
    409: "Several records match, or the same request is still running.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A value is invalid, or the order exceeds what can be promised.",
    429: "The key has sent too many requests; try again later.",
    500: "Internal error, and nothing was changed; see the server log for details.",
    503: "The same records are being changed by another request; try again.",
}
READ = (400, 401, 403, 422, 429, 500, 503)
WRITE = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)
#: Problems that do not occur in read-only requests.
WRITE_ONLY_KINDS = {"insufficient-inventory", "idempotency-key-reused"}
RETRY_AFTER = {
    "Retry-After": {
        "description": "The number of seconds to wait before trying again.",
        "schema": {"type": "integer"},
    }
}
HEADERS = {
    401: {
        "WWW-Authenticate": {
            "description": "`Bearer`",
            "schema": {"type": "string"},
        }
    },
    409: RETRY_AFTER,
    429: RETRY_AFTER,
    503: RETRY_AFTER,
}
REPLAYED = {
    "Idempotent-Replayed": {
        "description": "`true` if the request was sent before: this is its first"
        " response.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


def get_responses(*statuses):
    """Return the errors that an operation describes."""
    return {status: prepare_error(status, statuses) for status in statuses}


def prepare_error(status, statuses):
    examples = {
        kind: {"value": body}
        for kind, body in PROBLEMS[status].items()
        if 413 in statuses or kind not in WRITE_ONLY_KINDS
    }
    return {
        "model": Problem,
        "description": TEXTS[status],
        "content": {"application/json": {"examples": examples}},
        **({"headers": HEADERS[status]} if status in HEADERS else {}),
    }


def prepare_answer(example, status=200, is_replayed=False):
    """Return the successful response of an operation, by status."""
    return {
        status: {
            "content": {"application/json": {"example": example}},
            **({"headers": REPLAYED} if is_replayed else {}),
        }
    }


def prepare_post(example, status=200):
    """Return all responses of a POST."""
    return prepare_answer(example, status, is_replayed=True) | get_responses(*WRITE)

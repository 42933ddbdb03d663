# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What operations answer, as OpenAPI describes it."""

from ..schemas.common import Problem
from ..schemas.examples import PROBLEMS

TEXTS = {
    400: "Refused as things are; the detail says why.",
    401: "The API key is missing, unknown or expired.",
    403: "The caller has no right to this.",
    404: "There is no such record, or the caller may not see it.",
    409: "Several records fit, or the same request is still running.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "A value is wrong, or the order asks for more than can be promised.",
    429: "The key has sent too many requests; try again later.",
    500: "Something went wrong inside, and nothing was done; the server's log knows.",
    503: "Others change the same records; try again.",
}
READ = (400, 401, 403, 422, 429, 500, 503)
WRITE = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)
#: What a request that only reads does not run into.
WRITE_ONLY_KINDS = {"insufficient-inventory", "idempotency-key-reused"}
RETRY_AFTER = {
    "Retry-After": {
        "description": "After how many seconds to try again.",
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
        "description": "`true` where the request was sent before: this is the answer"
        " it got then.",
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
    """Return what an operation answers when all is well, by status."""
    return {
        status: {
            "content": {"application/json": {"example": example}},
            **({"headers": REPLAYED} if is_replayed else {}),
        }
    }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The errors that operations describe in OpenAPI."""

from ..schemas.common import Problem

TEXTS = {
    400: "Refused as things are; the detail says why.",
    401: "The API key is missing, unknown or expired.",
    403: "The caller has no right to this.",
    404: "There is no such record, or the caller may not see it.",
    409: "Several records fit, or the same request is still running.",
    413: "The body is too large.",
    422: "A value is wrong, or the order asks for more than can be promised.",
    503: "Others change the same records; try again.",
}
READ = (400, 401, 403, 422, 503)
WRITE = (400, 401, 403, 404, 409, 413, 422, 503)


def get_responses(*statuses):
    return {
        status: {"model": Problem, "description": TEXTS[status]} for status in statuses
    }

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Idempotency: a request that is sent twice is processed once."""

import hashlib
import json
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import JSONResponse

from .dependencies import CallerEnv
from .schemas.common import NO_NUL

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"


class Call:
    """One POST: processed, or answered from an earlier one with the same key."""

    def __init__(self, env, request, key):
        self.env = env
        self.request = request
        self.key = key

    def answer(self, payload, model, work, status=200):
        """Return what ``work`` returns as a response, and store it.

        :param payload: the validated body, or None
        :param model: the schema of the answer
        :param work: a function without parameters that does the work
        """
        stored = self._find_answer(payload)
        if stored and stored.status:
            return self._prepare_response(stored.status, stored.body, is_replay=True)
        body = model.model_validate(work()).model_dump_json(by_alias=True)
        if stored:
            stored._finish(status, body)
        return self._prepare_response(status, body)

    def _find_answer(self, payload):
        """Return the record of this request; with a status, if it was answered."""
        if not self.key:
            return None
        requests = self.env["backorder.api.request"]
        return requests._begin(self.key, self._get_fingerprint(payload))

    def _prepare_response(self, status, body, is_replay=False):
        headers = {REPLAYED: "true"} if is_replay else None
        return JSONResponse(json.loads(body), status_code=status, headers=headers)

    def _get_fingerprint(self, payload):
        """Return a hash that identifies this request."""
        parts = [
            self.request.method,
            self.request.url.path,
            self.request.url.query,
            str(self.env.company.id),
            payload.model_dump_json() if payload else "",
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


KeyHeader = Annotated[
    str | None,
    Header(
        alias=HEADER,
        min_length=1,
        max_length=255,
        pattern=NO_NUL,
        examples=["shop-4711"],
        description="A text of your choice, such as a UUID. A request that is sent"
        " again with the same key is not processed again: it gets the first response.",
    ),
]
RequiredKeyHeader = Annotated[
    str,
    Header(
        alias=HEADER,
        min_length=1,
        max_length=255,
        pattern=NO_NUL,
        examples=["shop-4711"],
        description="A text of your choice, such as a UUID. A request that is sent"
        " again with the same key is not processed again: it gets the first response.",
    ),
]


def get_call(env: CallerEnv, request: Request, key: KeyHeader = None) -> Call:
    return Call(env, request, key)


def get_keyed_call(env: CallerEnv, request: Request, key: RequiredKeyHeader) -> Call:
    return Call(env, request, key)


AnyCall = Annotated[Call, Depends(get_call)]
KeyedCall = Annotated[Call, Depends(get_keyed_call)]

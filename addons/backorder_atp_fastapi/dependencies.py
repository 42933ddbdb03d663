# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Authentication: the user and the company of a request."""

import hashlib
from typing import Annotated

from fastapi import Depends, Header, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from odoo.api import Environment
from odoo.http import request

from odoo.addons.fastapi.dependencies import odoo_env

from .limiter import limiter
from .problems import ApiProblem, too_many_requests, unauthorized

# A key of this scope is valid for this API only; one without a scope for all of Odoo.
KEY_SCOPE = "backorder_atp"

api_key_header = APIKeyHeader(
    name="X-Api-Key",
    scheme_name="ApiKey",
    auto_error=False,
    description="An API key of an Odoo user.",
)
bearer = HTTPBearer(
    scheme_name="Bearer", auto_error=False, description="The same key, as a token."
)


def get_caller_id(
    env: Annotated[Environment, Depends(odoo_env)],
    api_key: Annotated[str | None, Security(api_key_header)] = None,
    token: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)] = None,
) -> int:
    """Return the id of the user that the key belongs to."""
    key = api_key or (token and token.credentials)
    if not key:
        raise unauthorized("Send an API key as X-Api-Key or as a Bearer token.")
    check_rate(env, key)
    keys = env["res.users.apikeys"].sudo()
    uid = keys._check_credentials(scope=KEY_SCOPE, key=key)
    if not uid:
        raise unauthorized("This API key is unknown or has expired.")
    return uid


def check_rate(env, key):
    """Refuse a key that has exceeded its rate limit, before any other work."""
    limit = env["res.config.settings"]._get_backorder_api_rate()
    caller = env.cr.dbname, hashlib.sha256(key.encode()).digest()
    if wait := limiter.take(caller, limit):
        raise too_many_requests(limit, wait)


def get_caller_env(
    env: Annotated[Environment, Depends(odoo_env)],
    uid: Annotated[int, Depends(get_caller_id)],
    company_id: Annotated[
        str | None,
        Header(
            alias="X-Company-Id",
            pattern=r"^[1-9][0-9]{0,9}$",
            description="The company to act for. Default: the company of the user.",
        ),
    ] = None,
) -> Environment:
    """Return the environment of the user of the key, with their rights and language."""
    user = env["res.users"].sudo().browse(uid)
    if not user._is_internal():
        raise ApiProblem(
            403, "forbidden", "Forbidden", "This API is for employees only."
        )
    company_id = int(company_id or user.company_id.id)
    if company_id not in user.company_ids.ids:
        raise ApiProblem(
            403,
            "forbidden",
            "Forbidden",
            "The user of this API key has no access to the company in X-Company-Id.",
        )
    context = {**user.context_get(), "allowed_company_ids": [company_id]}
    if request and request.httprequest.headers.get("Accept-Language"):
        context["lang"] = env.context.get("lang") or context["lang"]
    return act_as(env, uid, context)


def act_as(env, uid, context):
    """Make ``uid`` the user of the whole request, also of computations at its end."""
    env = env(user=uid, su=False, context=context)
    if request and request.env.cr is env.cr:
        request.update_env(user=uid, context=context, su=False)
    env.transaction.default_env = env
    return env


CallerEnv = Annotated[Environment, Depends(get_caller_env)]

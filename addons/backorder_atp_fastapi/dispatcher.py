# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import logging
from contextlib import contextmanager
from http import HTTPStatus
from io import BytesIO

from accept_language import parse_accept_language
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Mount
from werkzeug.exceptions import (
    BadRequest,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from odoo.addons.backorder_atp.exceptions import OrderValidationError
from odoo.addons.fastapi.fastapi_dispatcher import FastApiDispatcher
from odoo.addons.fastapi.pools import fastapi_app_pool

from .problems import (
    MEDIA_TYPE,
    ApiProblem,
    get_problem,
    get_shortage_problem,
    prepare_validation_body,
)

ROUTING_TYPE = "backorder_api"
CONVERTER = "backorder_api_path"
# In bytes; well above any valid request.
MAX_BODY = 1024 * 1024
JSON_TYPE = "application/json"
BODY_METHODS = ("POST", "PUT")


def is_json(media_type):
    """Whether FastAPI parses a body of this type as JSON."""
    return media_type == JSON_TYPE or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )


class BackorderApiDispatcher(FastApiDispatcher):
    """Serve the API: errors are problem details, and one app serves every path.

    OCA's dispatcher caches an app for each requested path, and paths of this API
    contain the id of a product or an order.
    """

    routing_type = ROUTING_TYPE

    def pre_dispatch(self, rule, args):
        self.request.httprequest.max_content_length = MAX_BODY
        return super().pre_dispatch(rule, args)

    def dispatch(self, endpoint, args):
        self.request.params = {}
        self._check_length(self.request.httprequest.environ)
        environ = self._get_environ()
        self._check_encoding(environ)
        self._check_media_type(environ)
        self._drop_invalid_language(environ)
        endpoints = self.request.env["fastapi.endpoint"].sudo()
        root_path = self._get_root_path(environ["PATH_INFO"])
        with fastapi_app_pool.get_app(env=self.request.env, root_path=root_path) as app:
            with self._manage_odoo_env(endpoints.get_uid(root_path)):
                data = BytesIO()
                with self._watching(app):
                    for part in app(environ, self._make_response):
                        data.write(part)
                if self.inner_exception:
                    raise self._get_failure(app, environ["PATH_INFO"], root_path)
                return self.request.make_response(
                    data.getvalue(), headers=self.headers, status=self.status
                )

    @contextmanager
    def _watching(self, app):
        """Record errors of the app, so that the transaction is rolled back.

        Its plain response 500 may be sent before a2wsgi receives the error.
        """
        served, failures = app.app, []

        async def watch(scope, receive, send):
            try:
                await served(scope, receive, send)
            except Exception as error:
                failures.append(error)
                raise

        app.app = watch
        try:
            yield
        finally:
            app.app = served
        self.inner_exception = self.inner_exception or next(iter(failures), None)

    def _get_root_path(self, path):
        endpoints = self.request.env["fastapi.endpoint"].sudo()
        root_paths = endpoints._get_id_by_root_path_map()
        root_path = endpoints._find_first_matching_url_path(root_paths, path)
        if not root_path:
            raise NotFound()
        return root_path

    def _get_failure(self, app, path, root_path):
        """Return the error to raise; errors of the caller are logged as information."""
        exc = self.inner_exception
        if isinstance(exc, RequestValidationError):
            return ApiProblem.from_body(prepare_validation_body(exc))
        if isinstance(exc, OrderValidationError):
            return get_shortage_problem(exc)
        if isinstance(exc, HTTPException):
            exc.loglevel = logging.INFO
            if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                self._name_methods(exc, app, path, root_path)
        return exc

    def _name_methods(self, exc, app, path, root_path):
        """List every method of the path in the header Allow.

        FastAPI has a route for each method and lists that of the first only.
        """
        [mount] = [route for route in app.app.routes if isinstance(route, Mount)]
        methods = {
            method
            for route in mount.app.state.routes
            if route.path_regex.fullmatch(path.removeprefix(root_path))
            for method in route.methods
        }
        if methods:
            exc.headers = {"Allow": ", ".join(sorted(methods))}

    def _check_length(self, environ):
        """Refuse an invalid Content-Length before the body is read."""
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()):
            raise BadRequest(f"{length[:20]} is not a valid Content-Length.")
        if len(length) > len(str(MAX_BODY)):
            raise RequestEntityTooLarge()

    def _check_encoding(self, environ):
        """Refuse a request that is not encoded as UTF-8."""
        try:
            environ["wsgi.input"].read().decode("utf8")
            environ["wsgi.input"].seek(0)
            environ["PATH_INFO"].encode("latin1").decode("utf8")
            environ.get("QUERY_STRING", "").encode("ascii")
        except UnicodeError as error:
            raise BadRequest("The request is not encoded as UTF-8.") from error

    def _check_media_type(self, environ):
        """Refuse a body that is not declared as JSON."""
        has_body = bool(environ["wsgi.input"].read(1))
        environ["wsgi.input"].seek(0)
        takes_body = environ["REQUEST_METHOD"] in BODY_METHODS
        if takes_body and has_body and not is_json(self.request.httprequest.mimetype):
            raise UnsupportedMediaType(
                f"Send the body as JSON, with the header Content-Type: {JSON_TYPE}."
            )

    def _drop_invalid_language(self, environ):
        """Ignore an Accept-Language header that cannot be parsed."""
        try:
            parse_accept_language(environ.get("HTTP_ACCEPT_LANGUAGE"))
        except (ValueError, IndexError):
            del environ["HTTP_ACCEPT_LANGUAGE"]
            del self.request.httprequest.headers.environ["HTTP_ACCEPT_LANGUAGE"]

    def handle_error(self, exc):
        status, body, headers = get_problem(exc)
        response = self.request.make_response(
            json.dumps(body), headers=list(headers.items()), status=status
        )
        response.headers["Content-Type"] = MEDIA_TYPE
        return response

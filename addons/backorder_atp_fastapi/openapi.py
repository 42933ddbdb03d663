# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The OpenAPI description, served at ``/openapi.json``."""

from .problems import MEDIA_TYPE

METHODS = ("get", "post", "put", "patch", "delete")


#: Names of the responses that operations share.
ERROR_NAMES = {
    "400": "Refused",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "409": "Conflict",
    "413": "TooLarge",
    "415": "UnsupportedMediaType",
    "422": "Invalid",
    "429": "TooManyRequests",
    "500": "ServerError",
    "503": "Busy",
}


def prepare_openapi(app, root_path):
    """Let ``app`` describe its errors as problem details."""
    generate = app.openapi

    def openapi():
        if not app.openapi_schema or "x-prepared" not in app.openapi_schema:
            schema = generate()
            schema["servers"] = [{"url": root_path}]
            for operation in get_operations(schema):
                prepare_operation(operation)
            share_errors(schema)
            drop_unused(schema)
            schema["x-prepared"] = True
            app.openapi_schema = schema
        return {
            key: value
            for key, value in app.openapi_schema.items()
            if key != "x-prepared"
        }

    app.openapi = openapi


def get_operations(schema, methods=METHODS):
    return [
        path[method]
        for path in schema["paths"].values()
        for method in methods
        if method in path
    ]


def prepare_operation(operation):
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = drop_null(parameter["schema"])
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if status >= "400" and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")


def share_errors(schema):
    """Describe each error once, and refer to it from the operations."""
    shared = schema["components"].setdefault("responses", {})
    writing = [method for method in METHODS if method != "get"]
    for methods, suffix in ((writing, ""), (["get"], "OnRead")):
        for operation in get_operations(schema, methods):
            responses = operation["responses"]
            for status in responses.keys() & ERROR_NAMES.keys():
                name = ERROR_NAMES[status]
                responses[status] = share_error(
                    shared, responses[status], name, f"{name}{suffix}"
                )
    schema["components"]["responses"] = dict(sorted(shared.items()))


def share_error(shared, response, *names):
    """Return a reference to ``response``, stored under the first fitting name."""
    for name in names:
        if shared.setdefault(name, response) == response:
            return {"$ref": f"#/components/responses/{name}"}
    return response


def drop_null(schema):
    """Return the schema of an optional value without null, which is not accepted."""
    choices = [row for row in schema.get("anyOf", ()) if row != {"type": "null"}]
    if len(choices) == 1:
        schema = {**choices[0], **schema}
        del schema["anyOf"]
    if "default" in schema and schema["default"] is None:
        schema = {key: value for key, value in schema.items() if key != "default"}
    return schema


def drop_unused(schema):
    """Remove schemas of FastAPI that no operation returns."""
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)

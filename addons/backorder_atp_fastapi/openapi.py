# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The OpenAPI description, served at ``/openapi.json``."""

from .problems import MEDIA_TYPE

METHODS = ("get", "post", "put", "patch", "delete")


def prepare_openapi(app, root_path):
    """Let ``app`` describe its errors as problem details."""
    generate = app.openapi

    def openapi():
        if not app.openapi_schema or "x-prepared" not in app.openapi_schema:
            schema = generate()
            schema["servers"] = [{"url": root_path}]
            for path in schema["paths"].values():
                for method in METHODS:
                    if method in path:
                        prepare_operation(path[method])
            drop_unused(schema)
            schema["x-prepared"] = True
            app.openapi_schema = schema
        return {
            key: value
            for key, value in app.openapi_schema.items()
            if key != "x-prepared"
        }

    app.openapi = openapi


def prepare_operation(operation):
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = drop_null(parameter["schema"])
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if status >= "400" and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")


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

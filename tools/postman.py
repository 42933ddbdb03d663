#!/usr/bin/env python3
"""Write docs/postman.json from docs/openapi.json: a collection for Postman.

It has a folder for each tag and a request for each operation, with the examples of the
description. The address of the server and the API key are variables of the collection.

tools/postman.py [--fail]: with --fail, fail where it had to be written.
"""

import json
import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
SOURCE = DOCS / "openapi.json"
TARGET = DOCS / "postman.json"
FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
SERVER = "http://localhost:8069"
#: Postman replaces it by another UUID in each request.
NEW_KEY = "{{$guid}}"


def build_collection(schema):
    return {
        "info": build_info(schema["info"]),
        "item": build_folders(schema),
        "auth": build_authentication(schema),
        "variable": [
            {"key": "base_url", "value": SERVER + schema["servers"][0]["url"]},
            {"key": "api_key", "value": ""},
        ],
    }


def build_info(info):
    return {
        "name": info["title"],
        "description": info["description"].strip(),
        "version": info["version"],
        "schema": FORMAT,
    }


def build_authentication(schema):
    """Return the header with the API key, which every request inherits."""
    scheme = schema["components"]["securitySchemes"]["ApiKey"]
    values = {"key": scheme["name"], "value": "{{api_key}}", "in": scheme["in"]}
    return {
        "type": "apikey",
        "apikey": [
            {"key": key, "value": value, "type": "string"}
            for key, value in values.items()
        ],
    }


def build_folders(schema):
    folders = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            [tag] = operation["tags"]
            item = build_item(schema, method, path, operation)
            folders.setdefault(tag, []).append(item)
    return [{"name": tag, "item": items} for tag, items in folders.items()]


def build_item(schema, method, path, operation):
    request = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "url": build_url(path, operation),
        "header": build_headers(operation),
    }
    if "requestBody" in operation:
        request["body"] = build_body(schema, operation)
    return {"name": operation["summary"], "request": request, "response": []}


def build_url(path, operation):
    """Return the address: ``{orderId}`` is ``:orderId`` in a collection."""
    path = re.sub(r"{(\w+)}", r":\1", path)
    return {
        "raw": "{{base_url}}" + path,
        "host": ["{{base_url}}"],
        "path": path.strip("/").split("/"),
        "variable": build_parameters(operation, "path"),
        "query": build_parameters(operation, "query"),
    }


def build_headers(operation):
    headers = build_parameters(operation, "header")
    if "requestBody" in operation:
        headers.append({"key": "Content-Type", "value": "application/json"})
    return headers


def build_parameters(operation, place):
    return [
        build_parameter(parameter)
        for parameter in operation.get("parameters", ())
        if parameter["in"] == place
    ]


def build_parameter(parameter):
    """Return a parameter, switched off unless it is required or a new key."""
    is_key = parameter["name"] == "Idempotency-Key"
    row = {
        "key": parameter["name"],
        "value": NEW_KEY if is_key else get_example(parameter),
        "description": parameter.get("description", ""),
    }
    if not (is_key or parameter["required"]):
        row["disabled"] = True
    return row


def get_example(parameter):
    """Return the first example of a parameter, or its default, as text.

    >>> get_example({"schema": {"type": "integer", "examples": [28]}})
    '28'
    >>> get_example({"schema": {"type": "boolean", "default": False}})
    'false'
    >>> get_example({"schema": {"type": "string"}})
    ''
    """
    schema = parameter["schema"]
    named = [example["value"] for example in parameter.get("examples", {}).values()]
    examples = [*named, *schema.get("examples", ()), schema.get("default", "")]
    value = examples[0]
    return value if isinstance(value, str) else json.dumps(value)


def build_body(schema, operation):
    """Return the example of the request's schema as its body."""
    content = operation["requestBody"]["content"]["application/json"]
    name = content["schema"]["$ref"].rpartition("/")[2]
    [example] = schema["components"]["schemas"][name]["examples"]
    return {
        "mode": "raw",
        "raw": json.dumps(example, indent=2, ensure_ascii=False),
        "options": {"raw": {"language": "json"}},
    }


def read(path):
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def main():
    collection = build_collection(read(SOURCE))
    if read(TARGET) == collection:
        return 0
    text = json.dumps(collection, indent=2, ensure_ascii=False)
    TARGET.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")
    return int("--fail" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())

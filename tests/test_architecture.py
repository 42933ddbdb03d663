# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The root names no feature, and a feature names only its dependencies."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from odoo.tests import BaseCase, tagged

ROOT = Path(__file__).resolve().parent.parent
MODULE = "backorder_atp"
SOURCES = ("models", "wizards", "report", "controllers", "views", "data", "security")
MORE_SOURCES = ("static/src", "routers", "schemas")
# Files that install a feature, or report a missing one, have to name it.
SWITCHES = {"res_config_settings.py", "res_config_settings_views.xml"}
BRIDGES = "res_config_settings_bridge.py"
# Odoo's own names, which an addon extends or also defines.
COMMON_NAMES = {
    "_count",
    "_get",
    "_select_seller",
    "available_quantity",
    "commercial_partner_id",
    "date_deadline",
    "date_planned",
    "default_code",
    "is_backordered",
    "price_subtotal",
    "product_tmpl_id",
    "routing_type",
    "warehouse_ids",
}
#: Shorter field names are too common to identify an addon.
TELLING_LENGTH = 12
GROWING = {"append", "extend", "update", "add", "insert", "setdefault"}


@cache
def get_folders():
    """Return ``{addon: folder}`` of this repository."""
    features = {
        path.parent.name: path.parent for path in ROOT.glob("addons/*/__manifest__.py")
    }
    return {MODULE: ROOT, **features}


@cache
def get_dependencies(addon):
    """Return the addons of this repository that ``addon`` may name."""
    manifest = (get_folders()[addon] / "__manifest__.py").read_text("utf-8")
    needs = {addon, MODULE}
    for name in ast.literal_eval(manifest[manifest.index("{") :])["depends"]:
        if name in get_folders() and name != addon:
            needs |= get_dependencies(name)
    return frozenset(needs)


@cache
def get_files(addon, suffix):
    folder = get_folders()[addon]
    found = list(folder.glob(f"*{suffix}"))
    for name in (*SOURCES, *MORE_SOURCES):
        found += (folder / name).rglob(f"*{suffix}")
    return sorted(path for path in found if path.name != "__manifest__.py")


@cache
def parse(path):
    return ast.parse(path.read_text("utf-8"))


def get_classes(addon):
    for path in get_files(addon, ".py"):
        yield from (node for node in parse(path).body if isinstance(node, ast.ClassDef))


@cache
def find_definitions():
    """Return ``{name: addons}``: of models, private methods and fields."""
    found = defaultdict(set)
    for addon in get_folders():
        for model in get_classes(addon):
            for node in model.body:
                if name := get_defined_name(node):
                    found[name].add(addon)
    return found


def get_defined_name(node):
    """Return the model, private method or field that a line of a class defines."""
    if isinstance(node, ast.FunctionDef):
        return node.name if node.name.startswith("_") else None
    if not isinstance(node, ast.Assign):
        return None
    name = node.targets[0].id
    if name == "_name":
        return ast.literal_eval(node.value)
    return name if len(name) >= TELLING_LENGTH else None


def get_model_names(model):
    """Return the models a class defines or extends, by ``_name`` and ``_inherit``."""
    values = [
        ast.literal_eval(node.value)
        for node in model.body
        if isinstance(node, ast.Assign) and node.targets[0].id in ("_name", "_inherit")
    ]
    if len(values) > 1:  # a new model: its parents are not extended
        return [value for value in values if isinstance(value, str)][:1]
    [names] = values or [[]]
    return [names] if isinstance(names, str) else names


def is_calling_super(function):
    return any(
        isinstance(node, ast.Name) and node.id == "super" for node in ast.walk(function)
    )


@cache
def find_first_definitions():
    """Return ``{(model, method): addons}`` that define it without ``super()``."""
    found = defaultdict(set)
    for addon in get_folders():
        for model in get_classes(addon):
            for name in get_model_names(model):
                for node in model.body:
                    if isinstance(node, ast.FunctionDef) and not is_calling_super(node):
                        found[name, node.name].add(addon)
    return found


def find_uses(path):
    """Yield ``(line, name)`` of each attribute and each string of a Python file."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def is_growing(node):
    """Whether a statement of a module changes an existing object."""
    if isinstance(node, ast.AugAssign):
        return not isinstance(node.target, ast.Name)
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Subscript) for target in node.targets)
    call = node.value if isinstance(node, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in GROWING
    )


@tagged("post_install", "-at_install")
class TestArchitecture(BaseCase):
    def test_no_addon_names_another_that_it_does_not_depend_on(self):
        """Neither in code nor in views, data or templates."""
        names = sorted(get_folders(), key=len, reverse=True)
        pattern = re.compile(rf"\b(?:module_)?({'|'.join(names)})\b")
        for addon in get_folders():
            allowed = get_dependencies(addon)
            for suffix in (".py", ".xml", ".csv", ".js"):
                for path in get_files(addon, suffix):
                    if path.name in {*SWITCHES, BRIDGES} and addon == MODULE:
                        continue
                    found = set(pattern.findall(path.read_text("utf-8")))
                    with self.subTest(addon=addon, file=path.name):
                        self.assertFalse(found - allowed)

    def test_every_part_of_the_root_is_linked(self):
        """A clone of any name works by the links in setup, so none may be missing."""
        manifest = ast.literal_eval(
            "{" + (ROOT / "__manifest__.py").read_text("utf-8").split("{", 1)[1]
        )
        parts = {path.name for path in ROOT.glob("*.py")}
        parts |= {path.parent.name for path in ROOT.glob("*/__init__.py")}
        parts |= {name.split("/")[0] for name in manifest["data"]} | {"static", "i18n"}
        links = (ROOT / "setup" / MODULE).iterdir()
        self.assertEqual({link.resolve() for link in links}, {ROOT / p for p in parts})

    def test_no_addon_uses_what_only_others_define(self):
        """A model or private method of an addon that may not be installed."""
        definitions = find_definitions()
        for addon in get_folders():
            allowed = get_dependencies(addon)
            for path in get_files(addon, ".py"):
                strangers = [
                    f"{line}: {name}"
                    for line, name in find_uses(path)
                    if (owners := definitions.get(name))
                    and not owners & allowed
                    and name not in COMMON_NAMES
                ]
                with self.subTest(addon=addon, file=path.name):
                    self.assertFalse(strangers)

    def test_independent_addons_define_no_common_method(self):
        """Two independent addons must not define the same method."""
        for (model, method), addons in find_first_definitions().items():
            strangers = [
                (one, other)
                for one in addons
                for other in addons
                if one < other
                and one not in get_dependencies(other)
                and other not in get_dependencies(one)
            ]
            with self.subTest(model=model, method=method):
                self.assertFalse(strangers)

    def test_no_table_grows_at_import(self):
        """No module changes a table of another one: it would affect all databases."""
        for addon in get_folders():
            for path in get_files(addon, ".py"):
                lines = [node.lineno for node in parse(path).body if is_growing(node)]
                with self.subTest(addon=addon, file=path.name):
                    self.assertFalse(lines)

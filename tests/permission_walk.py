# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Try every field and public method of the addons as every role.

The walk fails for a remotely writable field, a public method or a dialog without a
decision, and for a decision that is not enforced. The decisions are in
``permission_decisions.py`` of the addon that runs the walk.
"""

import inspect
from importlib import import_module
from pathlib import Path

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import new_test_user

from .test_override import OverrideCommon

NOBODY = frozenset()
SALES = frozenset({"sales"})
MANAGERS = frozenset({"manager", "finance"})
OPERATORS = MANAGERS | {"operator"}
VIEWERS = OPERATORS | {"viewer"}
OPERATORS_AND_SALES = OPERATORS | SALES
EMPLOYEES = VIEWERS | SALES
EVERYBODY = EMPLOYEES | {"portal"}
# Roles with additional Odoo rights to write orders or manage the warehouse.
STOCK_MANAGERS = frozenset({"manager"})
STOCK_ORDER_WRITERS = STOCK_MANAGERS | {"operator"}
ORDER_WRITERS = STOCK_ORDER_WRITERS | SALES


def decide(table):
    """Return ``{(model, name): roles}`` of ``{model: {roles: "name name"}}``."""
    return {
        (model, name): roles
        for model, decisions in table.items()
        for roles, names in decisions.items()
        for name in names.split()
    }


def gather(table, addons):
    """Return the decisions of each of the ``addons``.

    :param table: ``FIELDS``, ``METHODS`` or ``DIALOGS`` of its
        ``tests/permission_decisions.py``
    """
    decisions = {}
    for addon in addons:
        tests = Path(get_module_path(addon)) / "tests"
        if (tests / "permission_decisions.py").exists():
            name = f"odoo.addons.{addon}.tests.permission_decisions"
            decisions |= getattr(import_module(name), table, {})
    return decisions


# Columns of every table, protected by Odoo itself.
AUTOMATIC = {"id", "create_uid", "create_date", "write_uid", "write_date"}


class PermissionWalk(OverrideCommon):
    """Finds everything that needs a decision, and tries what is forbidden."""

    #: The names of the addons to walk.
    addons: tuple = ()
    #: ``{(model, field): roles that may write it}``
    field_decisions: dict = {}
    #: ``{(model, method): roles that may call it}``
    method_decisions: dict = {}
    #: ``{transient model: roles that may open it}``
    dialog_decisions: dict = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["portal"] = new_test_user(
            cls.env, "backorder_portal_walker", groups="base.group_portal"
        )
        cls.users["portal"].company_ids += cls.company
        cls.users["portal"].company_id = cls.company
        cls.records = cls._create_records()

    @classmethod
    def _create_records(cls):
        """Return ``{model: a record of the user's company}``."""
        return {}

    def _get_known_arguments(self):
        """Return ``{argument: value}`` for the called methods."""
        order = self.records["sale.order"]
        return {
            "before": "2020-01-01",
            "customer_agreed": True,
            "date": "2030-01-01",
            "date_from": "2020-01-01",
            "date_to": "2030-01-01",
            "expiry_date": "2030-01-01 00:00:00",
            "name": "committed",
            "parts": [],
            "percent": 10,
            "product": self.protected,
            "product_id": self.protected.id,
            "quantity": 1,
            "reason": "because",
            "requests": [],
            "substitute_id": self.protected.id,
            "updates": [],
            "warehouse": self.warehouse,
            "warehouse_id": self.warehouse.id,
            ("action_explain", "order_id"): order.id,
        }

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    def _is_walked(self, module):
        return module in self.addons

    def _get_models(self):
        for name in sorted(self.env.registry):
            if not self.env[name]._abstract:
                yield self.env[name]

    def _get_fields(self):
        """Yield the stored fields of the addons."""
        for model in self._get_models():
            if model._transient or not model._auto:
                continue
            for field in model._fields.values():
                if (
                    self._is_walked(field._module)
                    and field.name not in AUTOMATIC
                    and (field.store or field.inverse)
                ):
                    yield field

    def _is_never_writable(self, model):
        """Whether no group may create or write records."""
        return not self.env["ir.model.access"].search_count(
            [
                ("model_id.model", "=", model._name),
                "|",
                ("perm_write", "=", True),
                ("perm_create", "=", True),
            ]
        )

    def _get_writable_fields(self):
        for field in self._get_fields():
            if not getattr(field, "server_only", False) and not self._is_never_writable(
                self.env[field.model_name]
            ):
                yield field

    def _get_methods(self):
        """Yield ``(model, name, function)`` of the addons' own public methods."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._transient or name.endswith(".mixin"):
                continue
            for attribute, function in inspect.getmembers(type(model)):
                if self._is_own_public(type(model), attribute, function):
                    yield model, attribute, function

    def _is_own_public(self, cls, name, function):
        if name.startswith("_") or not inspect.isroutine(function):
            return False
        definitions = [base for base in cls.__mro__ if name in vars(base)]
        if any(
            getattr(getattr(base, name), "_api_private", False) for base in definitions
        ):
            return False
        first = definitions[-1].__module__.split(".")
        return first[:2] == ["odoo", "addons"] and self._is_walked(first[2])

    def _get_dialogs(self):
        for name, model in sorted(self.env.registry.items()):
            if model._transient and self._is_walked(model._original_module):
                yield name

    # ------------------------------------------------------------------
    # Trying
    # ------------------------------------------------------------------

    def _get_record(self, name):
        """Return a record of model ``name``; any record if none was created for it."""
        record = self.records.get(name, self.env[name].sudo())
        return record or record.search([], limit=1)

    def _check_forbidden(self, what, roles, attempt):
        """Try ``attempt`` as each role that is not among ``roles``."""
        for role in sorted(self.users.keys() - roles):
            with (
                self.subTest(what, role=role),
                self.assertRaises(UserError),  # or an access error, which is a subclass
            ):
                attempt(role)

    def _try_writing(self, role, field):
        self._as(role, self.env[field.model_name]).check_access("write")
        self.env.invalidate_all()
        record = self._as(role, self._get_record(field.model_name))
        self.assertTrue(record, f"a record of {field.model_name} is needed")
        values = self._get_attempt(field, record.sudo())
        record.write({field.name: values})

    def _get_attempt(self, field, record):
        """Return the value to write, by default the current one."""
        if field.type in ("one2many", "many2many"):
            return [Command.set(record[field.name].ids)]
        return field.convert_to_write(record[field.name], record)

    def _try_calling(self, role, model, name, arguments):
        self.env.invalidate_all()
        record = model
        if not model._abstract:
            # a report may have no rows, which reveals nothing
            record = self._get_record(model._name) or model.browse(1)
        getattr(self._as(role, record), name)(*arguments)

    # ------------------------------------------------------------------
    # The walk
    # ------------------------------------------------------------------

    def _walk_decisions(self):
        """Every field, method and dialog has a decision, and no decision is stale."""
        fields = {(one.model_name, one.name) for one in self._get_writable_fields()}
        methods = {(model._name, name) for model, name, _f in self._get_methods()}
        for found, decided in (
            (fields, self.field_decisions),
            (methods, self.method_decisions),
            (set(self._get_dialogs()), self.dialog_decisions),
        ):
            self.assertFalse(found - decided.keys(), "decide who may use these")
            self.assertFalse(self._get_stale(decided.keys() - found), "these are gone")

    def _get_stale(self, decided):
        """Return the decisions among ``decided`` that refer to nothing any more."""
        return decided

    def _walk_server_only(self):
        """Server-only fields are written by no role and are not copied."""
        for field in self._get_fields():
            if not getattr(field, "server_only", False):
                continue
            with self.subTest(str(field)):
                self.assertTrue(field.readonly)
                self.assertFalse(field.copy)
            model = self.env[field.model_name]
            self._check_forbidden(
                str(field),
                set(),
                lambda role, field=field, model=model: self._as(
                    role, model
                )._check_field_access(field, "write"),
            )

    def _walk_fields(self):
        for field in self._get_writable_fields():
            self._check_forbidden(
                str(field),
                self.field_decisions.get((field.model_name, field.name), NOBODY),
                lambda role, field=field: self._try_writing(role, field),
            )

    def _walk_methods(self):
        for model, name, function in self._get_methods():
            arguments = self._get_arguments(model, name, function)
            self._check_forbidden(
                f"{model._name}.{name}",
                self.method_decisions.get((model._name, name), NOBODY),
                lambda role, model=model, name=name, arguments=arguments: (
                    self._try_calling(role, model, name, arguments)
                ),
            )

    def _get_arguments(self, model, name, function):
        """Return the arguments for a method without defaults."""
        known = self._get_known_arguments()
        parameters = list(inspect.signature(function).parameters.values())[1:]
        return [
            known.get((name, one.name), known.get(one.name))
            for one in parameters
            if one.default is one.empty
        ]

    def _walk_dialogs(self):
        for name in self._get_dialogs():
            self._check_forbidden(
                name,
                self.dialog_decisions.get(name, NOBODY),
                lambda role, name=name: self._as(role, self.env[name]).check_access(
                    "create"
                ),
            )


class PermissionTests:
    """The walk as tests, for the class with the records and the decisions."""

    def test_everything_is_decided(self):
        """B5: every new field, method or dialog needs a decision."""
        self._walk_decisions()

    def test_server_only_fields(self):
        """B5: no role writes fields that only the server sets."""
        self._walk_server_only()

    def test_fields(self):
        """B5, C10: each field is written only by the intended roles."""
        self._walk_fields()

    def test_methods(self):
        """B5, C10: each method is called only by the intended roles."""
        self._walk_methods()

    def test_dialogs(self):
        """B5, C10: each dialog is opened only by the intended roles."""
        self._walk_dialogs()

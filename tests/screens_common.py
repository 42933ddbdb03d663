# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import suppress

from lxml import etree

from odoo.exceptions import UserError
from odoo.tools.safe_eval import safe_eval

from .common import BackorderCommon

GROUPED = ("many2one", "selection", "char", "boolean")
# Odoo's own fields that divide by the ratio of the product's unit, or show the maximum
# date in the user's time zone.
NOT_OURS = {
    "forecast_availability",
    "forecast_expected_date",
    "products_availability",
    "products_availability_state",
    "sales_count",
}
RECORDS = ("list", "form", "kanban")


class ScreensCommon(BackorderCommon):
    """Opens the screens of an addon with the requests of the web client."""

    def _open_every_screen(self, addon, role="manager"):
        """Open each list, form and chart of each action; return their number."""
        actions = self._find("ir.actions.act_window", addon)
        opened = 0
        for action in actions:
            model = self._as(role, self.env[action.res_model])
            if action.target == "new" or not model.has_access("read"):
                continue
            if action.group_ids and not action.group_ids & model.env.user.all_group_ids:
                continue
            for kind in action.view_mode.split(","):
                with self.subTest(action.xml_id, view=kind), self.env.cr.savepoint():
                    self._open(model, action, kind)
                    opened += 1
        return opened

    def _open_every_model(self, addon, role="manager"):
        """Open the list and form of each model that has a view of ``addon``."""
        models = set(self._find("ir.ui.view", addon).mapped("model")) - {False}
        for name in sorted(models):
            model = self.env.get(name)
            if model is None or model._transient or not model._auto:
                continue
            model = self._as(role, model)
            for kind in ("list", "form") if model.has_access("read") else ():
                with self.subTest(name, view=kind), self.env.cr.savepoint():
                    self._open(model, self.env["ir.actions.act_window"], kind)

    def _open_dialog(self, records, button):
        """Press a button that opens a dialog, and read the dialog.

        A refusal with a message is accepted.
        """
        if not hasattr(records, button):
            return
        with (
            self.subTest(records=records, button=button),
            self.env.cr.savepoint(),
            suppress(UserError),
        ):
            action = getattr(records, button)()
            if isinstance(action, dict) and action.get("res_model"):
                model = records.env[action["res_model"]]
                model = model.with_context(**action.get("context", {}))
                arch = etree.fromstring(model.get_view(False, "form")["arch"])
                dialog = model.browse(action.get("res_id")) or model.new({})
                dialog.web_read(self._get_specification(model, arch))

    def _find(self, model, addon):
        data = self.env["ir.model.data"].search(
            [("module", "=", addon), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id"))

    def _open(self, model, action, kind):
        values = {"uid": model.env.uid, "context_today": None, "active_id": False}
        model = model.with_context(**safe_eval(action.context or "{}", values))
        domain = safe_eval(action.domain or "[]", values)
        views = [view for view in action.view_ids if view.view_mode == kind]
        view_id = views[0].view_id.id if views else False
        arch = etree.fromstring(model.get_view(view_id, kind)["arch"])
        specification = self._get_specification(model, arch)
        if kind in RECORDS:
            records = model.web_search_read(
                domain, specification, limit=200, order="id desc"
            )["records"]
            model.browse(row["id"] for row in records).web_read(specification)
            return
        groups = [name for name in specification if model._fields[name].type in GROUPED]
        model.formatted_read_group(domain, groups[:1], ["__count"])

    def _get_specification(self, model, arch):
        """Return the fields that the view reads, with those of its lists."""
        owner = arch if arch.tag == "field" else None
        return {
            node.get("name"): self._get_columns(model, node)
            for node in arch.iter("field")
            if node is not arch
            and next(node.iterancestors("field"), None) is owner
            and node.get("name") in set(model._fields) - NOT_OURS
        }

    def _get_columns(self, model, node):
        field = model._fields[node.get("name")]
        if field.type == "many2one":
            return {"fields": {"display_name": {}}}
        if field.relational and len(node):
            lines = model[field.name]
            return {"fields": self._get_specification(lines, node), "limit": 40}
        return {}

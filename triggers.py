# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Triggers of PostgreSQL, on the versions that Odoo runs on."""

from odoo.tools import SQL


def set_trigger(cr, table, name, definition):
    """Create or replace a trigger.

    PostgreSQL 13, which Odoo 19 still allows, cannot do that in one statement.

    :param definition: what follows the name, without the table: ``(when, what)`` of
        ``CREATE TRIGGER name <when> ON table <what>``
    """
    when, what = definition
    names = {"name": SQL.identifier(name), "table": SQL.identifier(table)}
    cr.execute(SQL("DROP TRIGGER IF EXISTS %(name)s ON %(table)s", **names))
    cr.execute(
        SQL(
            "CREATE TRIGGER %(name)s %(when)s ON %(table)s %(what)s",
            when=SQL(when),
            what=SQL(what),
            **names,
        )
    )

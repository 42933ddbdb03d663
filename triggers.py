# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""PostgreSQL triggers, for all versions that Odoo supports."""

from odoo.tools import SQL

# The triggers of an append-only table: ``{name: (when, for each)}``.
REFUSED = {
    "append_only": ("BEFORE UPDATE", "ROW"),
    "no_delete": ("BEFORE DELETE", "ROW"),
    "no_truncate": ("BEFORE TRUNCATE", "STATEMENT"),
}


def set_trigger(cr, table, name, definition):
    """Create or replace a trigger.

    PostgreSQL 13, which Odoo 19 still supports, cannot do that in one statement.

    :param definition: ``(when, what)`` of
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


def set_append_only(cr, table):
    """Make PostgreSQL refuse any change to the rows of a log table."""
    for name, (when, each) in REFUSED.items():
        what = f"FOR EACH {each} EXECUTE FUNCTION backorder_event_refuse()"
        set_trigger(cr, table, f"{table}_{name}", (when, what))

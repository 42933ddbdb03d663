# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Statements that take longer to plan than to run, planned once for each connection.

PostgreSQL plans the statement of availability in several milliseconds, of which it
runs a few products in less than one. A prepared statement keeps its plan; it is planned
anew, by PostgreSQL itself, when a table or its statistics change.
"""

from contextlib import contextmanager
from datetime import date
from hashlib import sha256

from psycopg2.extensions import TRANSACTION_STATUS_INERROR, AsIs

from odoo.tools import SQL

PREFIX = "backorder_atp_"
# So many plans are kept; a statement that is never the same twice must not fill memory.
MAX_PLANS = 50


class Ids(str):
    """Ids as one array literal, which PostgreSQL parses faster than a list of them.

    In a planned statement they are what changes from one run to the next.
    """

    __slots__ = ()


@contextmanager
def without_jit(cr):
    """Run what is inside as it is, where compiling it would take longer."""
    cr.execute("SHOW jit")
    [before] = cr.fetchone()
    cr.execute("SET LOCAL jit = off")
    with _restoring(cr, {"jit": before}):
        yield


@contextmanager
def executing_planned(cr, query):
    """Run ``query`` with the plan that this connection has made for its like.

    Ids, lists and dates differ from run to run; a query that differs in anything else
    has a plan of its own. Whether there is one is asked each time: behind a pooler the
    next transaction may come to another connection. Fetch the rows within: what the
    plan goes by is set for this statement alone.

    :param query: ``SQL`` whose ids are :class:`Ids`, each cast to what it is
    """
    name, before = _prepare(cr, _get_text(cr, query))
    changing = [value for value in query.params if _is_changing(value)]
    values = SQL(", ").join(SQL("%s", value) for value in changing)
    with _restoring(cr, before):
        cr.execute(
            SQL(
                "%s; EXECUTE %s%s",
                _get_settings({"jit": "off", "plan_cache_mode": "force_generic_plan"}),
                SQL.identifier(name),
                SQL("(%s)", values) if changing else SQL(),
            )
        )
        yield


@contextmanager
def _restoring(cr, settings):
    """Let PostgreSQL go by ``settings`` again afterwards.

    What has failed is undone, and they with it, by the rollback that has to follow.
    """
    try:
        yield
    finally:
        if cr.connection.get_transaction_status() != TRANSACTION_STATUS_INERROR:
            cr.execute(_get_settings(settings))


def _get_settings(settings):
    return SQL("; ").join(
        SQL("SET LOCAL %s = %s", SQL.identifier(name), value)
        for name, value in settings.items()
    )


def _prepare(cr, text):
    """Make the plan for the statement where there is none yet.

    :return: its name, and what the transaction goes by otherwise
    """
    name = f"{PREFIX}{sha256(text.encode()).hexdigest()[:16]}"
    cr.execute(
        SQL(
            """SELECT current_setting('jit'), current_setting('plan_cache_mode'),
                      ARRAY(SELECT name FROM pg_prepared_statements
                             WHERE starts_with(name, %s))""",
            PREFIX,
        )
    )
    jit, mode, known = cr.fetchone()
    if name not in known:
        for other in known if len(known) >= MAX_PLANS else ():
            cr.execute(SQL("DEALLOCATE %s", SQL.identifier(other)))
        cr.execute(SQL("PREPARE %s AS %s", SQL.identifier(name), SQL(text)))
    return name, {"jit": jit, "plan_cache_mode": mode}


def _is_changing(value):
    return isinstance(value, Ids | list | date)


def _get_text(cr, query):
    """Return the statement with a number in the place of each changing value."""
    number, values = 0, []
    for value in query.params:
        if _is_changing(value):
            number += 1
            value = AsIs(f"${number}")
        values.append(value)
    return cr.mogrify(query.code, values).decode().replace("%", "%%")

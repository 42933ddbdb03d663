# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Prepared statements for queries that take longer to plan than to run.

PostgreSQL needs several milliseconds to plan the availability query, but less than one
to run it for a few products. A prepared statement keeps its plan; PostgreSQL plans it
again by itself when a table or its statistics change.
"""

from contextlib import contextmanager
from datetime import date
from hashlib import sha256

from psycopg2.extensions import TRANSACTION_STATUS_INERROR, AsIs

from odoo.tools import SQL

PREFIX = "backorder_atp_"
# Limits the memory used by statements that are never repeated.
MAX_PLANS = 50


class Ids(str):
    """Ids as one array literal, which PostgreSQL parses faster than a list.

    In a planned statement they are parameters that change from run to run.
    """

    __slots__ = ()


@contextmanager
def without_jit(cr):
    """Disable JIT compilation for short statements within this context."""
    cr.execute("SHOW jit")
    [before] = cr.fetchone()
    cr.execute("SET LOCAL jit = off")
    with _restoring(cr, {"jit": before}):
        yield


@contextmanager
def executing_planned(cr, query):
    """Run ``query`` with a plan that this connection has already prepared.

    Ids, lists and dates may differ from run to run; a query that differs in anything
    else has its own plan. The plan is looked up each time, because a connection pooler
    may assign another connection to the next transaction. Fetch the rows within this
    context: the planner settings apply to this statement only.

    :param query: ``SQL`` whose ids are :class:`Ids`, each with an explicit cast
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
    """Restore ``settings`` afterwards.

    After an error this is left to the rollback, which restores them as well.
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
    """Prepare the statement unless this connection has it already.

    :return: its name, and the current planner settings of the transaction
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
    """Return the statement with a numbered parameter for each changing value."""
    number, values = 0, []
    for value in query.params:
        if _is_changing(value):
            number += 1
            value = AsIs(f"${number}")
        values.append(value)
    return cr.mogrify(query.code, values).decode().replace("%", "%%")

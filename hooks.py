# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.tools import SQL

# Stored columns of the root addon; a feature lists its own in its hooks.
NEW_COLUMNS = {
    "product_category": {
        "allow_backorder": "varchar DEFAULT 'inherit'",
        "backorder_limit": "varchar DEFAULT 'none'",
    },
    "product_product": {
        "allow_backorder": "varchar DEFAULT 'inherit'",
        "backorder_limit": "varchar DEFAULT 'none'",
    },
    "product_template": {
        "allow_backorder": "varchar DEFAULT 'inherit'",
        "backorder_limit": "varchar DEFAULT 'none'",
    },
    "sale_order": {
        "backorder_priority": "varchar DEFAULT 'medium'",
        "backorder_root_id": "integer",
        "requires_inventory_override": "boolean",
        "backorder_state": "varchar DEFAULT 'none'",
        "backordered_since": "timestamp",
    },
    "sale_order_line": {
        "backorder_qty": "numeric DEFAULT 0",
        "backorder_product_qty": "numeric DEFAULT 0",
        "allocated_qty": "numeric DEFAULT 0",
        "open_qty": "numeric DEFAULT 0",
    },
}


def pre_init_hook(env):
    add_columns(env.cr, NEW_COLUMNS)


def add_columns(cr, columns):
    """Add stored columns without rewriting whole tables at installation.

    PostgreSQL adds a column with a default without rewriting any row; only open
    orders are computed afterwards. An addon calls this in its own ``pre_init_hook``.

    :param columns: ``{table: {column: definition}}``
    """
    for table, definitions in columns.items():
        for column, definition in definitions.items():
            _add_column(cr, SQL.identifier(table), SQL.identifier(column), definition)


def _add_column(cr, table, column, definition):
    cr.execute(
        SQL(
            "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s",
            table,
            column,
            SQL(definition),
        )
    )
    cr.execute(SQL("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", table, column))


def post_init_hook(env):
    """Set the kind of all locations and compute the existing backorders."""
    env["stock.warehouse"].with_context(active_test=False).search(
        []
    )._set_availability_kinds()
    env["sale.order"]._adopt_open_orders()
    _record_customer_terms(env)


def _record_customer_terms(env):
    """Record the current terms of quotations that are already signed or paid."""
    quotations = env["sale.order"].search([("state", "in", ("draft", "sent"))])
    quotations.filtered("signature")._record_signed_terms()
    quotations.transaction_ids._record_order_terms()


def uninstall_hook(env):
    """Drop the guard table, which belongs to no model, and archive the log."""
    env.cr.execute(SQL("DROP TABLE IF EXISTS stock_promise_claim"))
    _drop_log_indexes(env.cr)
    archive = f"backorder_event_archive_{fields.Datetime.now():%Y%m%d%H%M%S}"
    _rename(env.cr, "SEQUENCE", "backorder_event_id_seq", f"{archive}_id_seq")
    _rename(env.cr, "TABLE", "backorder_event", archive)


def _rename(cr, kind, name, new_name):
    names = SQL.identifier(name), SQL.identifier(new_name)
    cr.execute(SQL("ALTER %s %s RENAME TO %s", SQL(kind), *names))


def _drop_log_indexes(cr):
    """Drop the indexes so that a later installation can use their names."""
    cr.execute(
        SQL(
            r"""SELECT indexname FROM pg_indexes
                 WHERE tablename = 'backorder_event' AND indexname LIKE '%%\_idx'"""
        )
    )
    for [name] in cr.fetchall():
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))

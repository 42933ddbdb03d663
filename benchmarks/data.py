"""Data for the benchmarks, created by Odoo; only large numbers are copied by SQL."""

from odoo.fields import Command


def set_up(env):
    """Sell from stock; with the addon, in its strictest setting."""
    if "promise_phase" in env.company._fields:
        env.company.write({"promise_phase": "hard", "shortage_policy": "block"})


def create_products(env, count, **values):
    """Storable products; ``values`` of unknown fields are left out."""
    known = {k: v for k, v in values.items() if k in env["product.product"]._fields}
    return env["product.product"].create(
        [
            {"name": f"Product {i}", "type": "consu", "is_storable": True, **known}
            for i in range(count)
        ]
    )


def create_users(env, count):
    """Salespersons, whose password is their login; return the logins."""
    group = env.ref("sales_team.group_sale_salesman_all_leads")
    logins = [f"sales{i}" for i in range(count)]
    env["res.users"].create(
        [
            {
                "name": login,
                "login": login,
                "password": login,
                "group_ids": [Command.link(group.id)],
            }
            for login in logins
        ]
    )
    return logins


def get_warehouse(env):
    return env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)


def put_stock(env, products, quantity):
    location = get_warehouse(env).lot_stock_id
    for product in products:
        env["stock.quant"]._update_available_quantity(product, location, quantity)


def create_orders(env, products, count):
    """Draft orders, each with one unit of each product."""
    partner = env["res.partner"].create({"name": "Customer"})
    lines = [
        Command.create({"product_id": product.id, "product_uom_qty": 1})
        for product in products
    ]
    return env["sale.order"].create(
        [{"partner_id": partner.id, "order_line": lines} for _ in range(count)]
    )


def copy_rows(env, table, source_id, rows, parameters=(), **columns):
    """Insert a copy of one row for each row of the query ``rows``.

    :param columns: SQL expressions over ``rows``, for what differs
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND column_name != 'id'",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall()]
    values = [columns.get(name, f'source."{name}"') for name in names]
    env.cr.execute(
        f"INSERT INTO {table} ({', '.join(f'{chr(34)}{n}{chr(34)}' for n in names)})"
        f" SELECT {', '.join(values)} FROM {table} source, ({rows}) rows"
        f" WHERE source.id = {int(source_id)} RETURNING id",
        parameters,
    )
    return [id_ for (id_,) in env.cr.fetchall()]

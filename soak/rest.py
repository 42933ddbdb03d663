"""The checks of a database at rest, after everybody has gone home: plain SQL.

Each is a question whose answer has no rows where all is well.
"""

import hashlib
import time

import psycopg2
from commits import Finding

DRAIN_SECONDS = 60
# A log entry is sealed by a scheduled action that runs every minute.
SEAL_SECONDS = 75

# Work still to be done, by the table it is in.
QUEUES = {
    "backorder_retry": "SELECT id FROM backorder_retry",
    "backorder_promise_check": "SELECT id FROM backorder_promise_check",
    "backorder_job": "SELECT id FROM backorder_job WHERE state != 'done'",
    "queue_job": "SELECT id FROM queue_job WHERE state IN"
    " ('pending', 'enqueued', 'started', 'wait_dependencies')",
    "backorder_webhook_delivery": "SELECT id FROM backorder_webhook_delivery"
    " WHERE state = 'waiting' AND attempts = 0",
    "ir_cron_trigger": "SELECT id FROM ir_cron_trigger"
    " WHERE call_at <= now() AT TIME ZONE 'UTC'",
    "backorder_event_unsealed": "SELECT event_id FROM backorder_event_unsealed",
}

# Where stock is reserved at once: the demand of an order that no earlier open move
# brings, and what is reserved for it.
DEMAND = """
    SELECT line.order_id, move.id, move.product_id, place.warehouse_id,
           line.id AS line_id, line.product_id AS sold_id, line.product_uom_qty AS sold,
           GREATEST(0, move.product_qty - COALESCE((
               SELECT SUM(origin.product_qty)
                 FROM stock_move_move_rel rel
                 JOIN stock_move origin ON origin.id = rel.move_orig_id
                WHERE rel.move_dest_id = move.id AND origin.state NOT IN
                      ('draft', 'done', 'cancel')), 0)) AS demand,
           COALESCE((SELECT SUM(quantity_product_uom) FROM stock_move_line
                      WHERE move_id = move.id), 0) AS reserved
      FROM stock_move move
      JOIN sale_order_line line ON line.id = move.sale_line_id
      JOIN stock_location place
        ON place.id = move.location_id AND place.usage = 'internal'
      JOIN stock_picking_type type
        ON type.id = move.picking_type_id AND type.reservation_method = 'at_confirm'
     WHERE move.state NOT IN ('draft', 'done', 'cancel')
"""

QUESTIONS = {
    "states": f"""
        WITH demand AS ({DEMAND}), line AS (
            SELECT order_id, SUM(demand) AS demand,
                   SUM(LEAST(demand, reserved)) AS reserved,
                   CASE WHEN BOOL_AND(product_id = sold_id)
                        THEN SUM(LEAST(demand, reserved)) > 0
                        -- components are worth nothing until a kit is complete
                        ELSE MIN(LEAST(demand, reserved) / NULLIF(demand, 0))
                             * MIN(sold) >= 1 END AS is_begun
              FROM demand GROUP BY order_id, line_id
        ), total AS (
            SELECT order_id, SUM(demand) AS demand, SUM(reserved) AS reserved,
                   BOOL_OR(is_begun) AS is_begun
              FROM line GROUP BY order_id
        ), recount AS (
            SELECT so.id, so.name, so.backorder_state AS state,
                   CASE WHEN so.state != 'sale' OR COALESCE(total.demand, 0) = 0
                        THEN 'none'
                        WHEN so.hold_since IS NOT NULL THEN 'on_hold'
                        WHEN total.reserved >= total.demand THEN 'allocated'
                        WHEN total.is_begun AND so.picking_policy = 'direct'
                        THEN 'partially_allocated'
                        ELSE 'backordered' END AS expected
              FROM sale_order so LEFT JOIN total ON total.order_id = so.id
        )
        SELECT name || ' is ' || COALESCE(state, 'nothing') || ', recounted '
               || expected
          FROM recount WHERE COALESCE(state, 'none') != expected""",
    "ages": """
        SELECT name || ' is ' || backorder_state || ' since '
               || COALESCE(backordered_since::text, 'never')
          FROM sale_order
         WHERE (backorder_state IN
                ('backordered', 'partially_allocated', 'on_hold'))
               != (backordered_since IS NOT NULL)""",
    "episodes": """
        SELECT so.name || ' is ' || so.backorder_state || ' with '
               || COUNT(*) FILTER (WHERE event_type = 'order:backordered')
               || ' episodes begun, '
               || COUNT(*) FILTER (WHERE event_type = 'order:backorder_resolved')
               || ' ended'
          FROM sale_order so JOIN backorder_event event ON event.order_id = so.id
         GROUP BY so.id
        HAVING COUNT(*) FILTER (WHERE event_type = 'order:backordered')
               - COUNT(*) FILTER (WHERE event_type = 'order:backorder_resolved')
               != (so.backorder_state IN
                   ('backordered', 'partially_allocated', 'on_hold'))::int""",
    "idle stock": f"""
        WITH demand AS ({DEMAND}), free AS (
            SELECT quant.product_id, place.warehouse_id,
                   SUM(COALESCE(quantity, 0) - reserved_quantity) AS quantity
              FROM stock_quant quant
              JOIN stock_warehouse warehouse
                ON warehouse.lot_stock_id = quant.location_id
              JOIN stock_location place ON place.id = quant.location_id
             GROUP BY quant.product_id, place.warehouse_id
        )
        SELECT so.name || ' lacks ' || demand.demand - demand.reserved
               || ' of product ' || demand.product_id || ', and '
               || free.quantity || ' are free'
          FROM demand JOIN free USING (product_id, warehouse_id)
          JOIN sale_order so ON so.id = demand.order_id
         WHERE demand.demand > demand.reserved AND free.quantity > 0
           AND so.hold_since IS NULL AND so.picking_policy = 'direct'""",
    "deliveries": """
        WITH shipped AS (
            SELECT move.sale_line_id AS id, SUM(move.product_qty) AS quantity
              FROM stock_move move
              JOIN stock_location target ON target.id = move.location_dest_id
             WHERE move.state != 'cancel' AND move.sale_line_id IS NOT NULL
               AND (target.usage = 'customer' OR move.state != 'done'
                    -- picked, the delivery is created when that is done
                    AND move.location_id IN (SELECT lot_stock_id FROM stock_warehouse)
                    AND NOT EXISTS (
                        SELECT FROM stock_move_move_rel rel
                          JOIN stock_move next ON next.id = rel.move_dest_id
                         WHERE rel.move_orig_id = move.id AND next.state != 'cancel'))
             GROUP BY move.sale_line_id
        )
        SELECT so.name || ' ordered ' || line.product_uom_qty || ' of '
               || product.default_code || ', deliveries are for ' || shipped.quantity
          FROM shipped
          JOIN sale_order_line line USING (id)
          JOIN sale_order so ON so.id = line.order_id AND so.state = 'sale'
          JOIN product_product product ON product.id = line.product_id
         WHERE product.default_code !~ '^(KIT|DOZEN)'
           AND shipped.quantity < line.product_uom_qty""",
    "doubled quants": """
        SELECT 'product ' || product_id || ' has ' || COUNT(*) || ' rows in place '
               || quant.location_id
          FROM stock_quant quant
          JOIN stock_location place
            ON place.id = quant.location_id AND place.usage = 'internal'
         GROUP BY product_id, quant.location_id, lot_id, package_id, owner_id
        HAVING COUNT(*) > 1 AND MIN(quantity) < 0""",
    "failures": """
        SELECT task || ' of ' || record_name || ': ' || message
          FROM backorder_failure""",
    "doubled keys": """
        SELECT client_order_ref || ' was ordered ' || COUNT(*) || ' times'
          FROM sale_order
         -- what is split off keeps the reference of the customer
         WHERE client_order_ref IS NOT NULL AND backorder_parent_id IS NULL
         GROUP BY client_order_ref HAVING COUNT(*) > 1""",
}

SESSIONS = {
    "transaction": """
        SELECT 'process ' || pid || ' is ' || state || ': ' || left(query, 60)
          FROM pg_stat_activity
         WHERE datname = current_database() AND application_name != 'soak'
           AND xact_start IS NOT NULL AND state_change < now() - interval '5 s'""",
    # OCA's job runner keeps one, to be the only one that hands out jobs.
    "lock": """
        SELECT 'advisory lock ' || classid || ' ' || objid || ' of process ' || pid
          FROM pg_locks
         WHERE locktype = 'advisory'
           AND classid::bigint << 32 | objid::bigint != 2293787760715711918""",
    "prepared transaction": "SELECT gid FROM pg_prepared_xacts",
    "claim": """
        SELECT product_id || ' of transaction ' || transaction_id
          FROM stock_promise_claim
         WHERE server_started = pg_postmaster_start_time()
           AND pg_xact_status(transaction_id) = 'in progress'""",
}


def wait_for_queues(cluster, database):
    """Wait until all work is done; return ``(seconds, findings)``."""
    begin, left = time.monotonic(), {}
    while True:
        waited = time.monotonic() - begin
        left = {name: len(rows) for name, rows in _ask(cluster, database, QUEUES)}
        if waited < SEAL_SECONDS and left.get("backorder_event_unsealed"):
            pass
        elif not any(left.values()) or waited > DRAIN_SECONDS:
            break
        time.sleep(1)
    return waited, [
        Finding("queues", f"{count} left in {name} after {waited:.0f} s")
        for name, count in left.items()
        if count
    ]


def check_rest(cluster, database):
    """Return the findings in the database, and in PostgreSQL's own views."""
    findings = []
    for name, rows in _ask(cluster, database, {**QUESTIONS, **SESSIONS}):
        findings += [Finding(name, str(row[0])) for row in rows[:10]]
    return findings + check_seals(cluster, database)


def _ask(cluster, database, questions):
    """Yield ``(name, rows)``; what asks for a table that is not there is left out."""
    for name, sql in questions.items():
        try:
            yield name, cluster.query(database, sql)
        except psycopg2.errors.UndefinedTable:
            continue


def check_seals(cluster, database):
    """Compute the chain of the log again, as docs/audit-and-reports.md tells auditors.

    The hash of a seal is the SHA-256 of the hash before it, a line break and the
    digest, which is the SHA-256 of the entry as one line.
    """
    statement = """
        SELECT seal.company_id, seal.sequence, seal.digest, seal.hash,
               backorder_event_line(event)
          FROM backorder_event_seal seal
          LEFT JOIN backorder_event event ON event.id = seal.event_id
         ORDER BY seal.company_id, seal.sequence"""
    try:
        rows = cluster.query(database, statement)
    except psycopg2.errors.UndefinedTable:
        return []
    findings, last = [], {}
    for company, sequence, digest, hash_, line in rows:
        number, previous = last.get(company, (0, ""))
        expected = _get_sha(line) if line else digest
        if (number + 1, expected, _get_sha(f"{previous}\n{digest}")) != (
            sequence,
            digest,
            hash_,
        ):
            text = f"the chain of company {company} breaks at {sequence}"
            findings.append(Finding("seals", text))
        last[company] = sequence, hash_
    return findings


def _get_sha(text):
    return hashlib.sha256(text.encode()).hexdigest()

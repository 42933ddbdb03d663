"""Every commit of a database, in order, read from PostgreSQL's write-ahead log.

This is the history that the checker believes: what was committed, not what anybody
says about it. The messages are those of the plugin ``pgoutput``, which comes with
PostgreSQL ("Logical Replication Message Formats" in its manual).
"""

import json
import struct
from dataclasses import dataclass, field
from datetime import datetime, timezone

SLOT = "soak"
PUBLICATION = "soak"
# Column by column what the checker reads; all else is left out of the history.
TABLES = {
    "stock_quant": "product_id location_id quantity reserved_quantity lot_id owner_id",
    "stock_move": "product_id location_id location_dest_id product_qty state"
    " sale_line_id picking_id raw_material_production_id scrap_id",
    "stock_move_line": "move_id product_id location_id location_dest_id state"
    " quantity_product_uom",
    "stock_picking": "state name origin",
    "sale_order": "state name client_order_ref backorder_state company_id",
    "sale_order_line": "order_id product_id product_uom_qty warehouse_id state",
    "backorder_override": "order_id state kind",
    "mrp_production": "state product_id product_qty origin",
    "pos_order": "state uuid",
    "payment_transaction": "state reference",
}
EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc).timestamp()


@dataclass
class Commit:
    """The rows that one transaction wrote: ``(table, id, values or None)``."""

    number: int
    time: float
    changes: list = field(default_factory=list)


def begin(cluster, database):
    """Keep all that is committed from here on."""
    present = [table for table in TABLES if _get_columns(cluster, database, table)]
    names = ", ".join(present)
    cluster.query(database, f"CREATE PUBLICATION {PUBLICATION} FOR TABLE {names}")
    cluster.query(
        database, "SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", [SLOT]
    )


def read(cluster, database):
    """Yield each :class:`Commit` since :func:`begin`; it may be read again."""
    connection = cluster.connect(database)
    connection.autocommit = False
    try:
        cr = connection.cursor("soak_stream")
        cr.execute(
            "SELECT data FROM pg_logical_slot_peek_binary_changes(%s, NULL, NULL,"
            " 'proto_version', '1', 'publication_names', %s)",
            [SLOT, PUBLICATION],
        )
        yield from Decoder().decode(bytes(data) for (data,) in cr)
    finally:
        connection.close()


def read_first(cluster, database):
    """Return the rows that were there before, as the commit with the number 0."""
    first = Commit(0, 0.0)
    for table, wanted in TABLES.items():
        names = [
            n for n in wanted.split() if n in _get_columns(cluster, database, table)
        ]
        if not names:
            continue
        columns = ", ".join(["id", *(f"{name}::text" for name in names)])
        for id_, *values in cluster.query(database, f"SELECT {columns} FROM {table}"):
            row = dict(zip(names, values, strict=True))
            first.changes.append((table, id_, row))
    return first


def _get_columns(cluster, database, table):
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
    return {name for (name,) in cluster.query(database, sql, [table])}


def save(commits, path):
    """Keep a history, one commit a line."""
    with open(path, "w") as file:
        for commit in commits:
            file.write(json.dumps([commit.number, commit.time, commit.changes]) + "\n")


def load(path):
    with open(path) as file:
        for line in file:
            number, time, changes = json.loads(line)
            yield Commit(number, time, [tuple(change) for change in changes])


class Decoder:
    """Messages of ``pgoutput`` as commits."""

    def __init__(self):
        self._relations = {}
        self._commit = None
        self._count = 0

    def decode(self, messages):
        for message in messages:
            kind, body = chr(message[0]), message[1:]
            if kind == "B":
                self._begin(body)
            elif kind == "R":
                self._describe(body)
            elif kind in "IUD":
                self._change(kind, body)
            elif kind == "C" and self._commit.changes:
                self._count += 1
                yield self._commit

    def _begin(self, body):
        _lsn, microseconds, _xid = struct.unpack("!qqi", body[:20])
        self._commit = Commit(self._count + 1, EPOCH + microseconds / 1e6)

    def _describe(self, body):
        (oid,) = struct.unpack("!i", body[:4])
        _schema, rest = _take_text(body[4:])
        table, rest = _take_text(rest)
        (count,) = struct.unpack("!h", rest[1:3])
        rest, columns = rest[3:], []
        for _ in range(count):
            name, rest = _take_text(rest[1:])
            rest = rest[8:]
            columns.append(name)
        self._relations[oid] = table, columns

    def _change(self, kind, body):
        (oid,) = struct.unpack("!i", body[:4])
        table, columns = self._relations[oid]
        rest, values = body[4:], None
        while rest:
            mark, rest = chr(rest[0]), rest[1:]
            values, rest = _take_row(rest, columns)
            if mark == "N":
                break
        id_ = int(values["id"])
        wanted = TABLES[table].split()
        row = None if kind == "D" else {n: values[n] for n in wanted if n in values}
        self._commit.changes.append((table, id_, row))


def _take_text(data):
    text, _nul, rest = data.partition(b"\0")
    return text.decode(), rest


def _take_row(data, columns):
    """Return ``({column: text or None}, rest)``, without what has not changed."""
    data, values = data[2:], {}
    for name in columns:
        kind, data = chr(data[0]), data[1:]
        if kind == "n":
            values[name] = None
        elif kind == "t":
            (size,) = struct.unpack("!i", data[:4])
            values[name], data = data[4 : 4 + size].decode(), data[4 + size :]
    return values, data

"""The books, kept again from the commits alone: stock, demand, reservations.

What a warehouse has is the sum of its quants. What is promised is what open moves will
take out of it for orders. Neither asks the addon anything.
"""

from collections import defaultdict

from stream import TABLES

OPEN = ("waiting", "confirmed", "partially_available", "assigned")
HELD = ("internal", "transit")
NOTHING = {"quantity": 0.0, "reserved": 0.0}


class World:
    """What does not change in a run: places, products, units.

    :param places: ``{location id: (usage, warehouse id)}``
    :param codes: ``{product id: reference}``
    """

    def __init__(self, places, codes):
        self.places = {int(id_): tuple(place) for id_, place in places.items()}
        self.codes = {int(id_): code for id_, code in codes.items()}

    @classmethod
    def read(cls, cluster, database):
        places = cluster.query(
            database, "SELECT id, usage, warehouse_id FROM stock_location"
        )
        codes = cluster.query(
            database,
            "SELECT id, default_code FROM product_product"
            " WHERE default_code IS NOT NULL",
        )
        return cls({id_: place for id_, *place in places}, dict(codes))

    def as_json(self):
        return {"places": self.places, "codes": self.codes}

    def is_held(self, place):
        return self.places.get(place, ("", None))[0] in HELD

    def get_warehouse(self, place):
        """Return the warehouse that goods in this place belong to, if any."""
        return self.places[place][1] if self.is_held(place) else None

    def is_protected(self, product):
        """Whether nobody may promise more of it than there is."""
        code = self.codes.get(product, "")
        return bool(code) and not code.startswith("LATER")

    def get_code(self, product):
        return self.codes.get(product, f"product {product}")


class Ledger:
    """All rows as of the last commit, with sums by product and place."""

    def __init__(self, world):
        self.world = world
        self.rows = {table: {} for table in TABLES}
        self.supply = defaultdict(float)  # by product and warehouse
        self.places = defaultdict(lambda: dict(NOTHING))  # by product and place
        self.booked = defaultdict(float)  # done moves, by product and place
        self.taken = defaultdict(float)  # reserved by moves, by product and place
        self.leaving = defaultdict(dict)  # {move: quantity} by product and warehouse

    def apply(self, changes):
        """Write the rows of one commit; yield what each was, and is.

        Yields ``(table, id, old row or None, new row or None)``.
        """
        for table, id_, values in changes:
            rows = self.rows[table]
            old = rows.get(id_)
            new = None if values is None else {**(old or {}), **values}
            if new is None:
                rows.pop(id_, None)
            else:
                rows[id_] = new
            add = getattr(self, f"_add_{table}", None)
            if add:
                if old:
                    add(id_, old, -1)
                if new:
                    add(id_, new, 1)
            yield table, id_, old, new

    def _add_stock_quant(self, _id, row, sign):
        product, place = int(row["product_id"]), int(row["location_id"])
        quantity = sign * _number(row["quantity"])
        found = self.places[product, place]
        found["quantity"] += quantity
        found["reserved"] += sign * _number(row["reserved_quantity"])
        if warehouse := self.world.get_warehouse(place):
            self.supply[product, warehouse] += quantity

    def _add_stock_move_line(self, _id, row, sign):
        product = int(row["product_id"])
        source, target = int(row["location_id"]), int(row["location_dest_id"])
        quantity = sign * _number(row["quantity_product_uom"])
        if row["state"] == "done":
            self.booked[product, source] -= quantity
            self.booked[product, target] += quantity
        elif row["state"] != "cancel":
            self.taken[product, source] += quantity

    def _add_stock_move(self, id_, row, sign):
        warehouse = self.world.get_warehouse(int(row["location_id"]))
        if not warehouse:
            return
        target = self.world.get_warehouse(int(row["location_dest_id"]))
        if row["state"] not in OPEN or target == warehouse:
            return
        moves = self.leaving[int(row["product_id"]), warehouse]
        if sign > 0:
            moves[id_] = _number(row["product_qty"])
        else:
            moves.pop(id_, None)

    def get_order(self, move):
        """Return the order of a move, or None."""
        line = self.rows["stock_move"][move].get("sale_line_id")
        row = self.rows["sale_order_line"].get(int(line)) if line else None
        return int(row["order_id"]) if row else None

    def get_approved(self):
        """Return the orders that a manager answers for."""
        return {
            int(row["order_id"])
            for row in self.rows["backorder_override"].values()
            if row["state"] == "approved" and row["order_id"]
        }


def get_keys(table, row, world):
    """Return the products and places that a row is about."""
    if not row or table not in ("stock_quant", "stock_move", "stock_move_line"):
        return set()
    product = int(row["product_id"])
    places = [row["location_id"], row.get("location_dest_id")]
    return {(product, int(place)) for place in places if place}


def _number(text):
    return float(text or 0)

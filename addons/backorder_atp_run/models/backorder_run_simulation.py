# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from hashlib import sha256

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.backorder_atp_promise_date.free_supply import EPSILON, FreeSupply

from ..reallocation import STRATEGIES, Demand, Reallocation, is_better

OUTCOMES = {1: "better", 0: "same", -1: "worse"}


class BackorderRun(models.Model):
    """Simulation: demand and supply are read once, then reallocated in memory."""

    _inherit = "backorder.run"

    def _simulate(self):
        """Replace the lines of this run by the current result of its strategies."""
        self.ensure_one()
        situation = self._get_situation()
        if not situation:
            raise UserError(
                self.env._(
                    "No orders are backordered for these products and warehouses."
                )
            )
        vals_list = self._get_results(situation)
        run = self.sudo()
        run.line_ids.unlink()
        self.env["backorder.run.line"].sudo().create(vals_list)
        run.write(
            {
                "state": "simulated",
                "simulated_date": fields.Datetime.now(),
                "fingerprints": self._get_fingerprints(situation),
                **run._prepare_totals(),
            }
        )
        return True

    # ------------------------------------------------------------------
    # Demand and supply
    # ------------------------------------------------------------------

    def _get_situation(self, keys=None):
        """Return demand and supply of backordered products.

        :param keys: only these ``(product_id, warehouse_id)``
        :return: ``{(product_id, warehouse_id): {"rows": rows in the order of the
            queue, "days": the projection without the demand of orders}}``
        """
        warehouses = self._get_warehouses()
        products = self.product_ids or self._get_products(warehouses)
        if keys is not None:
            products = products.browse({key[0] for key in keys})
        availability = self.env["stock.availability"].sudo()
        rows = defaultdict(list)
        for place, row in enumerate(
            availability._get_order_demand(products, warehouses), start=1
        ):
            key = row["product_id"], row["warehouse_id"]
            rows[key].append({**row, "place": place})
        short = {
            key
            for key, own in rows.items()
            if any(row["missing"] > EPSILON for row in own)
            and (keys is None or key in keys)
        }
        projection = availability._get_projection(
            products.browse({key[0] for key in short}),
            warehouses.browse({key[1] for key in short}),
            movable="everything",
        )
        unreserved = self.env["stock.availability"]._get_unreserved_quantities(
            self.env["product.product"].browse({key[0] for key in short}),
            self.env["stock.warehouse"].browse({key[1] for key in short}),
        )
        return {
            key: {
                "rows": rows[key],
                "days": projection[key],
                "stock": unreserved.get(key, 0.0)
                + sum(row["reserved"] for row in rows[key]),
            }
            for key in sorted(short)
        }

    def _get_warehouses(self):
        return self.warehouse_ids or self.env["stock.warehouse"].sudo().search(
            [("company_id", "=", self.company_id.id)]
        )

    def _get_products(self, warehouses):
        """Return the products that orders still need in these warehouses."""
        groups = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    ("sale_line_id", "!=", False),
                    ("state", "in", ("waiting", "confirmed", "partially_available")),
                    ("location_id.warehouse_id", "in", warehouses.ids),
                    ("product_id.is_storable", "=", True),
                ],
                ["product_id"],
            )
        )
        return self.env["product.product"].union(*(product for (product,) in groups))

    def _get_fingerprints(self, situation):
        """Return ``{"product,warehouse": digest of demand and supply}``."""
        return {
            f"{key[0]},{key[1]}": self._get_fingerprint(found)
            for key, found in situation.items()
        }

    def _get_fingerprint(self, found):
        demand = sorted(
            (row["move_id"], row["reserved"], row["missing"], str(row["day"]))
            for row in found["rows"]
        )
        supply = [
            (str(day["day"]), day["balance"], day["receipts"]) for day in found["days"]
        ]
        return sha256(repr((demand, supply)).encode()).hexdigest()

    # ------------------------------------------------------------------
    # Reallocation
    # ------------------------------------------------------------------

    def _get_results(self, situation):
        """Return the values of the lines of this run."""
        rows = [row for found in situation.values() for row in found["rows"]]
        self._complete_rows(rows, situation)
        results = {}
        failed = set()
        for key, found in situation.items():
            results[key] = self._reallocate(found)
            if any(share.is_exception for share in results[key][1].values()):
                failed.add(key)
        for key in self._get_left_alone(set(situation), failed):
            results[key] = self._reallocate(situation[key], is_left_alone=True)
        vals_list = [
            self._prepare_run_line(row, before[row["move_id"]], shares[row["move_id"]])
            for key, found in situation.items()
            for before, shares in [results[key]]
            for row in found["rows"]
        ]
        return sorted(vals_list, key=lambda vals: vals["place"])

    def _complete_rows(self, rows, situation):
        """Add to the rows what strategies and sort orders need."""
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .browse([row["sale_line_id"] for row in rows])
        )
        moves = self.env["stock.move"].sudo().browse([row["move_id"] for row in rows])
        totals = defaultdict(float)
        for row in rows:
            totals[row["sale_line_id"]] += row["reserved"] + row["missing"]
        for row, line, move in zip(rows, lines, moves, strict=True):
            found = situation[row["product_id"], row["warehouse_id"]]
            today = found["days"][0]["day"]
            row["line"] = line
            row["quantity"] = row["reserved"] + row["missing"]
            row["wanted"] = max(row["day"] or today, today)
            row["is_firm"] = line.is_promise_firm
            row["is_picked"] = move.picked
            row["value"] = line._get_open_value(
                row["product_id"], row["quantity"], totals[line.id]
            )
        self._assign_segments(rows, lines)
        self._rank_rows(rows)

    def _assign_segments(self, rows, lines):
        """Give each line to the first segment it belongs to, if any."""
        segment_by_line = {}
        for segment in self.segment_ids.sorted():
            left = lines.filtered(lambda line: line.id not in segment_by_line)
            for line_id in segment._filter_lines(left).ids:
                segment_by_line.setdefault(line_id, segment)
        for row in rows:
            segment = segment_by_line.get(
                row["line"].id, self.env["backorder.run.segment"]
            )
            row["segment"] = segment
            row["stays"] = self._get_reason_to_stay(row)
            row["strategy"] = "skip" if row["stays"] else segment.strategy

    def _get_reason_to_stay(self, row):
        """Return why a line is not changed, or None."""
        if row["line"].order_id.hold_since:
            return "on_hold"
        if row["is_picked"]:
            return "picked"
        if row["is_firm"] and not self.is_firm_moved:
            return "firm"
        return None if row["segment"] else "no_segment"

    def _rank_rows(self, rows):
        """Number the rows in the order in which they are served."""
        order = {strategy: index for index, strategy in enumerate(STRATEGIES)}
        rows.sort(
            key=lambda row: (
                order[row["strategy"]],
                row["segment"].sequence or 0,
                row["segment"].id or 0,
                row["segment"]._get_sort_key()(row),
            )
        )
        for rank, row in enumerate(rows, start=1):
            row["rank"] = rank

    def _reallocate(self, found, is_left_alone=False):
        """Return ``(before, after)``, each ``{move_id: Share}``."""
        demands = [self._prepare_demand(row) for row in found["rows"]]
        supply = self._get_supply(found)
        reallocation = Reallocation(supply, found["days"][0]["day"], demands)
        if is_left_alone:
            for share in reallocation.before.values():
                share.reason = "left_alone"
            return reallocation.before, reallocation.before
        ranks = {row["move_id"]: row["rank"] for row in found["rows"]}
        ranked = sorted(demands, key=lambda demand: ranks[demand.id])
        shares = reallocation.run(ranked)
        return reallocation.before, reallocation.keep_to_stock(
            ranked, shares, found["stock"]
        )

    def _prepare_demand(self, row):
        return Demand(
            id=row["move_id"],
            quantity=row["quantity"],
            reserved=row["reserved"],
            wanted=row["wanted"],
            strategy=row["strategy"],
            is_whole=row["line"].order_id.picking_policy == "one",
        )

    def _get_supply(self, found):
        """Return the free supply. Reserved stock is available, even if safety stock or
        a lock keeps it from new promises."""
        reserved = sum(row["reserved"] for row in found["rows"])
        return FreeSupply(
            [(day["day"], max(day["displayed"], reserved)) for day in found["days"]]
        )

    def _get_left_alone(self, keys, failed):
        """Return the keys that are not changed because a strategy failed."""
        if self.on_exception == "all" and failed:
            return keys
        return failed if self.on_exception == "product" else ()

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    def _prepare_run_line(self, row, before, share):
        outcome = OUTCOMES[is_better(share, before, row["wanted"])]
        return {
            "run_id": self.id,
            "segment_id": row["segment"].id,
            "strategy": row["strategy"],
            "move_id": row["move_id"],
            "sale_line_id": row["line"].id,
            "order_id": row["line"].order_id.id,
            "product_id": row["product_id"],
            "warehouse_id": row["warehouse_id"],
            "place": row["rank"],
            "quantity": row["quantity"],
            "wanted_date": row["wanted"],
            "old_reserved": before.reserved,
            "new_reserved": share.reserved,
            "old_date": before.day,
            "new_date": share.day,
            "outcome": outcome,
            "is_exception": share.is_exception,
            "is_firm": row["is_firm"],
            "reason": self._get_reason(row["stays"] or share.reason, outcome),
            "value": row["value"],
        }

    def _get_reason(self, reason, outcome):
        """Return the text of the reason for the result of a line."""
        return {
            "on_hold": self.env._("not changed: on hold"),
            "picked": self.env._("not changed: being picked"),
            "firm": self.env._("not changed: firm"),
            "no_segment": self.env._("not changed: in no segment"),
            "left_alone": self.env._("not changed: a strategy failed"),
            "skip": self.env._("not changed"),
            "win": self.env._("ready in time"),
            "late": self.env._("cannot be ready in time; as soon as possible"),
            "kept": self.env._("keeps its stock"),
            "earlier": self.env._("sooner, from stock that others leave"),
            "taken": self.env._("stock taken by stronger strategies"),
            "fill": self.env._("no more than before"),
            "lose": self.env._("gives up its stock"),
            "redistribute": {
                "better": self.env._("redistributed: better"),
                "same": self.env._("redistributed: no change"),
                "worse": self.env._("redistributed: worse"),
            }[outcome],
        }[reason]

    def _prepare_totals(self):
        """Return the totals of the lines: counts, values and delays."""
        totals = {
            "better_count": 0,
            "same_count": 0,
            "worse_count": 0,
            "exception_count": len(self.line_ids.filtered("is_exception")),
            "better_value": 0.0,
            "worse_value": 0.0,
            "old_late_days": 0,
            "new_late_days": 0,
        }
        for line in self.line_ids:
            totals[f"{line.outcome}_count"] += 1
            if line.outcome != "same":
                totals[f"{line.outcome}_value"] += line.value
            for side in ("old", "new"):
                if date := line[f"{side}_date"]:
                    late = (date - line.wanted_date).days
                    totals[f"{side}_late_days"] += max(0, late)
        return totals

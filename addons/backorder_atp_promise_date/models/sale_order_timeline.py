# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import datetime
from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import AccessError

# Points of one day, in the order in which they happen.
KINDS = (
    "ordered",
    "allocated",
    "receipt",
    "first_promised",
    "promised",
    "delivered",
    "returned",
)


class SaleOrder(models.Model):
    """What happened to an order's lines, and what is planned, on a time line."""

    _inherit = "sale.order"

    @api.readonly
    def get_timeline(self):
        """Return what happened to each line of this order, and what is planned.

        :return: dict of ``today`` and ``lines``, each with ``id``, ``product``,
            ``unit``, ``ordered``, ``allocated``, ``missing`` and ``delivered``
            (line's unit) and ``points``, ascending, each with ``kind`` (``ordered``,
            ``allocated``, ``receipt``: planned, it covers the line,
            ``first_promised``, ``promised``, ``delivered`` or ``returned``), ``day``,
            ``quantity``, ``unit``, ``is_covered``, and ``name``, ``model`` and ``id``
            of the document, which are False if the user may not read it
        :raise AccessError: for users without read access to the order, and for
            external users
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(
                self.env._("Only internal users can see the receipts of an order.")
            )
        points = self.sudo()._get_timeline_points()
        today = self.env["stock.availability"]._get_today(self.company_id)
        return {
            "today": fields.Date.to_string(today),
            "lines": [
                line._prepare_timeline_line(points[line])
                for line in self.sudo().order_line
                if line._needs_stock()
            ],
        }

    def _get_timeline_points(self):
        """Return ``{line: [point]}``, ascending; see :meth:`get_timeline`."""
        lines = self.order_line.filtered(lambda line: line._needs_stock())
        points = defaultdict(list)
        for line in lines:
            points[line] += line._get_own_points()
        for line, point in [*self._get_allocation_points(), *lines._get_receipts()]:
            points[line].append(point)
        self._name_documents([*chain(*points.values())])
        for found in points.values():
            found.sort(key=lambda point: (point["day"], KINDS.index(point["kind"])))
        return points

    def _name_documents(self, points):
        """Name the transfers of ``points`` that the user may read, checked at once."""
        transfers = self.env["stock.picking"].union(
            *(point["document"] for point in points)
        )
        readable = transfers.sudo(False)._filtered_access("read")
        for point in points:
            document = point.pop("document")
            if document.id in readable._ids:
                point.update(
                    name=document.display_name, model=document._name, id=document.id
                )

    def _get_allocation_points(self):
        """Return ``[(line, point)]`` for each time a line got stock, from the log."""
        events = self.env["backorder.event"].search(
            [("order_id", "=", self.id), ("event_type", "=", "order:allocated")],
            order="id",
        )
        lines = {line.id: line for line in self.order_line}
        return [
            (
                lines[row["lineId"]],
                lines[row["lineId"]]._prepare_point(
                    "allocated",
                    event.date,
                    row["allocated"] - row["previouslyAllocated"],
                ),
            )
            for event in events
            for row in (event.payload or {}).get("lines", ())
            if row.get("lineId") in lines
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_timeline_line(self, points):
        product = self.product_id.with_context(display_default_code=False)
        return {
            "id": self.id,
            "product": product.display_name,
            "unit": self.product_uom_id.name,
            "ordered": self.product_uom_qty,
            "allocated": self.allocated_qty,
            "missing": self.backorder_qty,
            "delivered": self.qty_delivered,
            "points": points,
        }

    def _prepare_point(self, kind, moment, quantity, **values):
        """Return one point; ``moment`` is a date, or a datetime in UTC."""
        if isinstance(moment, datetime):
            moment = self.env["stock.availability"]._to_day(moment, self.company_id)
        return {
            "kind": kind,
            "day": fields.Date.to_string(moment),
            "quantity": quantity,
            "unit": self.product_uom_id.name,
            "is_covered": True,
            "name": False,
            "model": False,
            "id": False,
            "document": self.env["stock.picking"],
            **values,
        }

    def _get_own_points(self):
        """Return when the line was ordered, promised and delivered."""
        order = self.order_id
        points = [
            self._prepare_point("ordered", order.date_order, self.product_uom_qty)
        ]
        first, promised = self.first_promise_date, self.expected_promise_date
        if first and first != promised:
            points.append(
                self._prepare_point("first_promised", first, self.product_uom_qty)
            )
        if promised:
            points.append(
                self._prepare_point(
                    "promised",
                    promised,
                    self.product_uom_qty,
                    is_covered=self.is_expected_promise_covered,
                )
            )
        return points + self._get_delivery_points()

    def _get_delivery_points(self):
        points = []
        for move in self.move_ids:
            sign = move.state == "done" and move._get_delivery_sign()
            if sign:
                quantity = move._get_moved_product_qty()
                points.append(
                    self._prepare_point(
                        "delivered" if sign > 0 else "returned",
                        move.date,
                        move.product_id.uom_id.round(quantity),
                        unit=move.product_id.uom_id.name,
                        document=move.picking_id,
                    )
                )
        return points

    def _get_receipts(self):
        """Return ``[(line, point)]`` for the planned receipts that cover these lines.

        A recheck of their promises would find the same ones.
        """
        promises = self._get_current_promises()
        moves = self.env["stock.move"].browse(
            row[0] for promise in promises.values() for row in promise.receipts
        )
        return [
            (line, line._prepare_receipt(moves.browse(move_id), quantity))
            for line, promise in promises.items()
            for move_id, quantity in promise.receipts
        ]

    def _get_current_promises(self):
        """Return ``{line: Promise}``, with what each takes from the supply now."""
        quoted = self.filtered(lambda line: line.state in ("draft", "sent"))
        promises = quoted._get_promises(by_order=True) if quoted else {}
        short = self.filtered("backorder_product_qty")
        if short:
            keys = set().union(*(line._get_demand_keys() for line in short))
            products = self.env["product.product"].union(*(key[0] for key in keys))
            warehouses = self.env["stock.warehouse"].union(*(key[1] for key in keys))
            rows = self._get_open_demand_rows(products, warehouses)
            placed = self._place_rows(rows, products, warehouses)
            promises.update({line: placed[line][0] for line in short if line in placed})
        return promises

    def _prepare_receipt(self, move, quantity):
        unit = move.product_id.uom_id
        return self._prepare_point(
            "receipt",
            move._get_expected_moment(),
            unit.round(quantity),
            unit=unit.name,
            name=move._get_supply_name(),
            document=move.picking_id,
        )

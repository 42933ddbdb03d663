# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.backorder_atp.promise_queue import Claim, allocate

#: How many lines of a queue are shown.
SHOWN_LINES = 200
#: The place of what is owed before the queue: nothing comes before it.
OWED = "owed"


class StockAvailability(models.AbstractModel):
    """Who gets what of the stock and of the next receipts, in the order of the queue.

    The queue is that of ``backorder.retry``, the supply that of the projection; a
    receipt that is validated is allocated as shown here.
    """

    _inherit = "stock.availability"

    # ------------------------------------------------------------------
    # Interface
    # ------------------------------------------------------------------

    @api.model
    def get_queue_chart(self, product_id, warehouse_id):
        """Return the queue for a product in a warehouse, and what covers it.

        :param product_id: id of a ``product.product``
        :param warehouse_id: id of a ``stock.warehouse``
        :return: dict of ``unit``; ``is_automatic`` (whether receipts are allocated in
            this order by themselves); ``owed`` (quantity of the next receipts that
            fills negative stock or is kept by soft reservations first);
            ``supplies``, the first to come first, each with ``name``, ``day`` (False
            for stock), ``picking_id``, ``quantity``, ``left`` and ``last_row`` (index
            of the last line that gets a part, or False); ``rows`` in the order of the
            queue, then those outside it, each with ``order_id``, ``name``,
            ``partner``, ``since``, ``priority``, ``is_prioritized`` (not medium),
            ``reserved``, ``missing``, ``uncovered``, ``parts`` (``supply``, an index,
            and ``quantity``) and ``reason``, why a line gets nothing by itself;
            ``hidden_count`` lines more.
            Quantities are in the product's unit. Orders that the user may not read
            have neither id nor customer.
        :raise AccessError: for a product or a warehouse that the user may not see
        """
        product = self.env["product.product"].browse(product_id)
        product.check_access("read")
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        self._check_warehouse_access(warehouse)
        warehouse = warehouse.sudo()
        supplies, owed = self._get_queue_supplies(product, warehouse)
        queue = self._get_queue_moves(product, warehouse)
        claims, blocked = self._prepare_queue_claims(queue, owed)
        given = self._get_given(claims, supplies)
        outside = self._get_moves_outside(product, warehouse, queue)
        rows = self._prepare_queue_rows(queue + outside, given, blocked)
        self._finish_supplies(supplies, given[OWED], rows)
        return {
            "unit": product.uom_id.sudo().name,
            "is_automatic": self._is_queue_automatic(warehouse),
            "owed": owed,
            "supplies": supplies,
            "rows": rows[:SHOWN_LINES],
            "hidden_count": max(0, len(rows) - SHOWN_LINES),
        }

    @api.model
    def _get_queue_action(self, products, warehouses=None):
        """Return the action that shows the queue of these products in a dialog.

        :raise AccessError: for a product or a warehouse that the user may not see
        """
        products.check_access("read")
        warehouses = warehouses or self.env["stock.warehouse"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        self._check_warehouse_access(warehouses)
        return {
            "type": "ir.actions.client",
            "tag": "backorder_atp_promise_date.product_queue",
            "name": self.env._("Queue for the Next Receipt"),
            "target": "new",
            "context": {"dialog_size": "extra-large"},
            "params": {
                "products": self._prepare_choices(products),
                "warehouses": self._prepare_choices(warehouses.sudo()),
            },
        }

    def _prepare_choices(self, records):
        return [{"id": each.id, "name": each.display_name} for each in records]

    def _is_queue_automatic(self, warehouse):
        return (
            warehouse.company_id.promise_phase != "dark"
            and self.env["backorder.retry"]._is_reservation_automatic()
        )

    # ------------------------------------------------------------------
    # What there is to hand out
    # ------------------------------------------------------------------

    def _get_queue_supplies(self, product, warehouse):
        """Return what is handed out, the first to come first, and what is owed."""
        retries = self.env["backorder.retry"].sudo()
        key = product.id, warehouse.id
        figures = self.get_availability(product, warehouse)[key]
        free = retries._get_unreserved_quantity(product, warehouse) - figures["held"]
        supplies = [
            self._prepare_supply(self.env._("In stock"), free),
            self._prepare_supply(
                self.env._("Received, not put away"), figures["inbound"]
            ),
            *self._get_receipt_supplies(product, warehouse),
        ]
        uom = product.uom_id
        supplies = [row for row in supplies if uom.compare(row["quantity"], 0) > 0]
        return supplies, uom.round(max(0.0, -free))

    def _prepare_supply(self, name, quantity, day=False, picking_id=False):
        return {
            "name": name,
            "day": day,
            "picking_id": picking_id,
            "quantity": quantity,
        }

    def _get_receipt_supplies(self, product, warehouse):
        days = self._get_projection(product, warehouse)[product.id, warehouse.id]
        ids = {id_ for day in days for id_, _quantity in day["receipts"]}
        moves = self.env["stock.move"].sudo().browse(ids)
        pickings = moves.picking_id.sudo(False)._filtered_access("read")
        return [
            self._prepare_supply(
                move.reference or move.origin or self.env._("Receipt"),
                quantity,
                day["day"],
                move.picking_id.id in pickings._ids and move.picking_id.id,
            )
            for day in days
            for move, quantity in self._get_day_receipts(day)
        ]

    def _get_day_receipts(self, day):
        moves = self.env["stock.move"].sudo()
        return [(moves.browse(id_), quantity) for id_, quantity in day["receipts"]]

    # ------------------------------------------------------------------
    # The queue
    # ------------------------------------------------------------------

    def _get_queue_moves(self, product, warehouse):
        """Return the moves that get stock by themselves, in the order of the queue."""
        queue = self.env["backorder.retry"].sudo()._get_queue(product, warehouse)
        ids = [id_ for row in queue for id_ in row["move_ids"]]
        return self.env["stock.move"].sudo().browse(ids)

    def _get_moves_outside(self, product, warehouse, queue):
        """Return the moves that need stock, but get none by themselves."""
        location = Domain("warehouse_id", "=", warehouse.id) & Domain(
            "availability_kind", "=", "pickable"
        )
        moves = self.env["stock.move"].sudo()
        return moves.search(
            Domain("product_id", "=", product.id)
            & Domain("state", "in", ["confirmed", "partially_available"])
            & Domain("procure_method", "=", "make_to_stock")
            & Domain("location_id", "any", location)
            & Domain("id", "not in", queue.ids),
            order="date, id",
        )

    def _prepare_queue_claims(self, queue, owed):
        """Return the claims of the queue, and ``{move: reason}`` of those blocked.

        The moves of a transfer that ships complete are one claim.
        """
        together = queue._filter_shipped_together()
        free = self._get_free_around(together)
        claims = {OWED: Claim(OWED, (-1,), owed)}
        blocked = {}
        for place, move in enumerate(queue):
            is_whole = move in together
            if is_whole and (reason := self._get_obstacle(move, free)):
                blocked[move] = reason
                continue
            key = move.picking_id if is_whole else move
            claim = claims.setdefault(key, Claim(key, (place,), 0.0, is_whole=is_whole))
            claim.missing += self._get_missing(move)
        return list(claims.values()), blocked

    def _get_missing(self, move):
        return max(0.0, move.product_qty - move._get_reserved_product_qty())

    def _get_free_around(self, moves):
        """Return the unreserved stock of all products in the transfers of ``moves``."""
        others = moves.picking_id.move_ids
        return self._get_unreserved_quantities(
            others.product_id, others.location_id.warehouse_id
        )

    def _get_obstacle(self, move, free):
        """Return why a transfer that ships complete cannot be reserved, or False.

        :param free: result of :meth:`_get_free_around`
        """
        others = move.picking_id.move_ids.filtered(
            lambda other: (
                other.product_id != move.product_id
                and other.state not in ("assigned", "done", "cancel")
            )
        )
        short = others.filtered(lambda other: not self._is_reservable(other, free))
        if not short:
            return False
        names = ", ".join(short.product_id.mapped("display_name"))
        return self.env._("Ships complete: %s is not available", names)

    def _is_reservable(self, move, free):
        """Whether there is enough for ``move`` now."""
        key = move.product_id.id, move.location_id.warehouse_id.id
        quantity = max(0.0, free.get(key, 0.0))
        return (
            move.state not in ("draft", "waiting")
            and move.product_id.uom_id.compare(quantity, self._get_missing(move)) >= 0
        )

    def _get_given(self, claims, supplies):
        """Return ``{order or move: [(index of the supply, quantity)]}``."""
        quantities = [(i, row["quantity"]) for i, row in enumerate(supplies)]
        found = allocate(claims, quantities)
        return {
            key: [list(part) for part in claim.given] for key, claim in found.items()
        }

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _prepare_queue_rows(self, moves, given, blocked):
        orders = moves.sale_line_id.order_id
        readable = orders.sudo(False)._filtered_access("read")
        pickings = moves.picking_id.sudo(False)._filtered_access("read")
        return [
            {
                **self._prepare_document(move, readable, pickings),
                **self._prepare_coverage(move, given),
                "reason": blocked.get(move) or self._get_exclusion_reason(move, given),
            }
            for move in moves
        ]

    def _prepare_document(self, move, readable, pickings):
        """Return what the user may know of the order or transfer of ``move``."""
        order = move.sale_line_id.order_id
        names = dict(
            order._fields["backorder_priority"]._description_selection(self.env)
        )
        reference = order._prepare_reference(readable)
        if not order:
            is_known = move.picking_id.id in pickings._ids
            reference["name"] = (
                move.picking_id.name if is_known else self.env._("Another transfer")
            )
        return {
            **reference,
            "since": order.backordered_since or move.date,
            "priority": names.get(order.backorder_priority, ""),
            "is_prioritized": order.backorder_priority not in (False, "medium"),
        }

    def _prepare_coverage(self, move, given):
        missing = self._get_missing(move)
        parts = self._take_parts(given.get(move) or given.get(move.picking_id), missing)
        covered = sum(part["quantity"] for part in parts)
        uom = move.product_id.uom_id
        return {
            "reserved": move._get_reserved_product_qty(),
            "missing": missing,
            "parts": parts,
            "uncovered": uom.round(max(0.0, missing - covered)),
        }

    def _take_parts(self, given, quantity):
        """Take the parts that make up ``quantity`` off ``given``, and return them."""
        parts = []
        while given and quantity > 0:
            part = min(given[0][1], quantity)
            parts.append({"supply": given[0][0], "quantity": part})
            given[0][1] -= part
            quantity -= part
            if not given[0][1]:
                given.pop(0)
        return parts

    def _get_exclusion_reason(self, move, given):
        if move in given or move.picking_id in given:
            return False
        if move.picking_id._is_on_hold():
            return self.env._("On hold")
        if move.picking_type_id.reservation_method == "by_date":
            return self.env._("Reserved later, before the delivery date")
        return self.env._("Reserved manually")

    def _finish_supplies(self, supplies, owed, rows):
        """Add what is left of each supply, and where in the queue it ends."""
        for index, supply in enumerate(supplies):
            taken = sum(quantity for source, quantity in owed if source == index)
            places = [
                (place, part["quantity"])
                for place, row in enumerate(rows)
                for part in row["parts"]
                if part["supply"] == index
            ]
            taken += sum(quantity for _place, quantity in places)
            supply["last_row"] = places[-1][0] if places else False
            supply["left"] = max(0.0, supply["quantity"] - taken)

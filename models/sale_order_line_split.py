# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass

from odoo import fields, models

from .stock_availability_source import OPEN_MOVE_STATES


@dataclass(frozen=True)
class SplitShare:
    """The part of an order line that goes to the backorder order."""

    line: models.BaseModel
    #: in the line's unit
    quantity: float
    #: product's unit by open move; a whole line goes with all its moves
    moves: dict
    is_whole: bool


class SaleOrderLine(models.Model):
    """The backordered part of a line, and moving it to another order."""

    _inherit = "sale.order.line"

    backorder_origin_line_id = fields.Many2one(
        "sale.order.line",
        "Split Off From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        server_only=True,
    )

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def _plan_split(self, split_lines):
        """Return a :class:`SplitShare` for each of these lines that is short."""
        coverage = self.move_ids.filtered(
            lambda move: move._serves_customer()
        )._get_split_coverage()
        return [
            share
            for bundle in self._get_bundles()
            if any(line.backorder_qty for line in bundle)
            for share in bundle._plan_bundle(coverage, split_lines)
        ]

    def _get_separable_qty(self):
        """Return the backordered quantity if the order were not shipped complete."""
        moves = self.move_ids.filtered(lambda move: move._serves_customer())
        missing = sum(
            demand - reserved - covered
            for demand, reserved, covered in moves._get_split_coverage().values()
        )
        return min(self.backorder_qty, self._to_line_unit(max(0.0, missing)))

    def _get_bundles(self):
        """Return the lines one by one, except those that belong together."""
        bundles = {}
        for line in self.filtered(lambda line: not line.display_type):
            head = line._get_linked_line() if line.combo_item_id else line
            bundles[head] = bundles.get(head, self.browse()) | line
        return bundles.values()

    def _plan_bundle(self, coverage, split_lines):
        """Return the shares of one bundle; indivisible lines go whole."""
        if len(self) == 1 and self._is_divisible():
            share = self._plan_line(coverage, split_lines)
            return [share] if share.moves else []
        if any(line._is_begun() for line in self):
            return []
        return [SplitShare(line, line.product_uom_qty, {}, True) for line in self]

    def _is_divisible(self):
        """Whether the line is delivered as itself, not as its components."""
        return self.move_ids.product_id <= self.product_id

    def _is_begun(self):
        """Whether the line is delivered, invoiced or processed in part."""
        return bool(
            self.qty_delivered
            or self.invoice_lines
            or any(move.state not in OPEN_MOVE_STATES for move in self.move_ids)
        )

    def _plan_line(self, coverage, split_lines):
        left = self._get_movable_qty()
        shares = {}
        for move in self.move_ids.sorted("id", reverse=True):
            share = move._get_split_share(coverage.get(move), left, split_lines)
            if share:
                shares[move] = share
                left -= share
        quantity = self._to_line_unit(sum(shares.values()))
        is_whole = (
            not self._is_begun()
            and self.product_uom_id.compare(quantity, self.product_uom_qty) >= 0
        )
        return SplitShare(self, min(quantity, self.product_uom_qty), shares, is_whole)

    def _get_movable_qty(self):
        """Return the quantity not delivered or invoiced, in the product's unit."""
        free = self.product_uom_qty - max(self.qty_delivered, self.qty_invoiced)
        return self._to_product_unit(max(0.0, free))

    # ------------------------------------------------------------------
    # Moving
    # ------------------------------------------------------------------

    def _move_share(self, share, order):
        """Move ``share`` of this line to ``order``; return the moves moved with it."""
        open_moves = self.move_ids.filtered(lambda move: move.state in OPEN_MOVE_STATES)
        if share.is_whole:
            self._move_to(order)
            return open_moves
        moves = self.env["stock.move"].union(
            *(move._split_chain(quantity) for move, quantity in share.moves.items())
        )
        part = self._copy_to(order, share.quantity)
        moves.sale_line_id = part
        self._set_agreed_qty(self.product_uom_qty - share.quantity)
        return moves

    def _move_to(self, order):
        """Move these lines to ``order``, with all agreed values."""
        with self.env.protecting(self._get_agreed_fields(), self):
            self.write({"order_id": order.id})

    def _copy_to(self, order, quantity):
        """Add a copy of this line to ``order``, at the agreed price."""
        [values] = self.copy_data(
            {
                "order_id": order.id,
                "product_uom_qty": quantity,
                "backorder_origin_line_id": self.id,
                **{name: self[name] for name in self._get_kept_fields()},
                "extra_tax_data": False,
                "linked_virtual_id": False,
                "virtual_id": False,
            }
        )
        return self.with_context(
            sale_no_log_for_new_lines=True, skip_procurement=True
        ).create(values)

    def _set_agreed_qty(self, quantity):
        """Change the ordered quantity, but not the price or the deliveries."""
        self.ensure_one()
        line = self.with_context(skip_procurement=True)
        with self.env.protecting(self._get_agreed_fields(), self):
            line.write({"product_uom_qty": quantity})

    def _get_agreed_fields(self):
        """Return the fields that Odoo would recompute: price, taxes, discount…"""
        return [
            field
            for field in self._fields.values()
            if field.store
            and field.compute
            and not field.readonly
            and field.name != "qty_delivered"
        ]

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def _get_split_items(self):
        """Return the items of these lines, as JSON; the log shows the name."""
        return [
            {
                "name": f"{line.product_id.display_name} ({line.product_uom_qty:g})",
                "lineId": line.id,
                "productId": line.product_id.id,
                "sku": line.product_id.default_code or False,
                "product": line.product_id.display_name,
                "quantity": line.product_uom_qty,
                "unit": line.product_uom_id.name,
            }
            for line in self
            if line._needs_stock() and line.product_uom_qty
        ]

    def _get_kept_fields(self):
        """Return agreed fields that a copy leaves out."""
        return []

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class StockDiscrepancy(models.Model):
    """Receipts that differ from their purchase."""

    _inherit = "stock.discrepancy"

    purchase_line_id = fields.Many2one(
        "purchase.order.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        server_only=True,
    )

    @api.model
    def _record_receipts(self, pickings):
        """Compare receipts with their purchases.

        :param pickings: done transfers
        """
        moves = pickings.sudo().move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.purchase_line_id
                and move.location_id.usage == "supplier"
                and move.location_dest_id.warehouse_id
                and move.product_id.is_storable
            )
        )
        findings = [
            finding
            for own in moves.grouped("purchase_line_id").values()
            if (finding := self._prepare_receipt_finding(own))
        ]
        return self._record_findings(findings, ["receipt"])

    @api.model
    def _prepare_receipt_finding(self, moves):
        """Return the finding for the total received of one purchase line.

        None while the rest is still expected.
        """
        line = moves.purchase_line_id
        product = moves.product_id[:1]
        received = line.product_uom_id._convert_quantity(
            line.qty_received, product.uom_id, round=False
        )
        expected = line.product_uom_qty
        is_open = any(move.state not in ("done", "cancel") for move in line.move_ids)
        if is_open and product.uom_id.compare(received, expected) <= 0:
            return None
        picking = moves.picking_id[:1]
        return {
            "origin_kind": "receipt",
            "product_id": product.id,
            "warehouse_id": moves.location_dest_id.warehouse_id[:1].id,
            "purchase_line_id": line.id,
            "origin_line_id": line.id,
            "picking_id": picking.id,
            "expected_qty": expected,
            "counted_qty": product.uom_id.round(received),
            "source": f"{picking.name} ({line.order_id.name})",
        }

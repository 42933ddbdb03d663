# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math

from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrderLine(models.Model):
    """Kits are promised, committed and backordered as their components."""

    _inherit = "sale.order.line"

    kit_bom_id = fields.Many2one(
        "mrp.bom",
        "Kit",
        compute="_compute_kit_bom_id",
        compute_sudo=True,
        help="The bill of materials of the kit.",
    )

    @api.depends(
        "company_id",
        "move_ids.bom_line_id",
        "product_id.product_tmpl_id.bom_ids.active",
        "product_id.product_tmpl_id.bom_ids.type",
    )
    def _compute_kit_bom_id(self):
        for company, lines in self.grouped("company_id").items():
            kits = lines.product_id._get_kits(company or self.env.company)
            for line in lines:
                line.kit_bom_id = line._get_delivered_bom() or kits.get(line.product_id)

    def _get_delivered_bom(self):
        """Return the bill of materials of the line's deliveries."""
        return self.move_ids.bom_line_id.bom_id.filtered(
            lambda bom: bom.product_tmpl_id == self.product_id.product_tmpl_id
        )[:1]

    def _get_kit_recipe(self):
        """Return ``{component: quantity}`` in one kit; empty for other products."""
        bom = self.sudo().kit_bom_id
        return self.product_id._get_kit_recipe(bom) if bom else {}

    def _needs_stock(self):
        if self.kit_bom_id:
            return bool(self._get_kit_recipe())
        return super()._needs_stock()

    def _get_promise_components(self, quantity=None):
        bom = self.sudo().kit_bom_id
        if not bom:
            return super()._get_promise_components(quantity)
        if quantity is None:
            quantity = self._get_product_qty()
        return list(self.product_id._explode_kit(bom, quantity).items())

    def _count_from_parts(self, parts, left):
        """Count whole kits only, as Odoo does."""
        count = super()._count_from_parts(parts, left)
        return math.floor(count + 1e-6) if self.kit_bom_id else count

    def _get_line_figures(self, moves, coverage, delivered):
        """Count in kits, as many as the scarcest component allows."""
        components = self._get_kit_recipe()
        if not components or not moves:
            return super()._get_line_figures(moves, coverage, delivered)
        figures = [
            [
                figure / per_kit
                for figure in self._get_backorder_figures(
                    moves.filtered(
                        lambda move, part=component: move.product_id == part
                    ),
                    coverage,
                    delivered.get((self.id, component.id), 0.0),
                )
            ]
            for component, per_kit in components.items()
        ]
        demand, allocated, short = zip(*figures, strict=True)
        return max(demand), min(allocated), max(short)

    def _get_demand_domain(self, products):
        return super()._get_demand_domain(products) | Domain(
            "move_ids.product_id", "in", products.ids
        )

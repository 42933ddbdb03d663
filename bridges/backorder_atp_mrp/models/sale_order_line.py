# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrderLine(models.Model):
    """A kit is promised, committed and waited for as its components."""

    _inherit = "sale.order.line"

    kit_bom_id = fields.Many2one(
        "mrp.bom",
        "Kit",
        compute="_compute_kit_bom_id",
        compute_sudo=True,
        help="The bill of materials by which the line is a kit.",
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
        """Return the bill of materials by which the line is being delivered."""
        return self.move_ids.bom_line_id.bom_id.filtered(
            lambda bom: bom.product_tmpl_id == self.product_id.product_tmpl_id
        )[:1]

    def _get_kit_components(self, quantity):
        """Return ``{component: quantity}`` of ``quantity`` kits; of others, nothing."""
        bom = self.kit_bom_id
        return self.product_id._explode_kit(bom, quantity) if bom else {}

    def _needs_stock(self):
        return super()._needs_stock() or bool(self._get_kit_components(1.0))

    def _get_promise_components(self):
        components = self._get_kit_components(self._get_product_qty())
        return list(components.items()) or super()._get_promise_components()

    def _get_substitute_components(self, substitute, quantity):
        kits = substitute._get_kits(self.company_id)
        bom = kits.get(substitute)
        return (
            substitute._explode_kit(bom, quantity)
            if bom
            else super()._get_substitute_components(substitute, quantity)
        )

    def _get_backorder_figures(self, moves, coverage):
        """Count in kits: the component that has least decides."""
        components = self._get_kit_components(1.0)
        if not components or not moves:
            return super()._get_backorder_figures(moves, coverage)
        figures = [
            [
                figure / per_kit
                for figure in super(SaleOrderLine, self)._get_backorder_figures(
                    moves.filtered(
                        lambda move, part=component: move.product_id == part
                    ),
                    coverage,
                )
            ]
            for component, per_kit in components.items()
        ]
        demand, allocated, short = zip(*figures, strict=True)
        return max(demand), min(allocated), max(short)

    def _get_waiting_domain(self, products):
        return super()._get_waiting_domain(products) | Domain(
            "move_ids.product_id", "in", products.ids
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderAlert(models.Model):
    """Alerts for stock that is not accounted for."""

    _inherit = "backorder.alert"

    alert_type = fields.Selection(
        selection_add=[("unbalanced", "Stock Imbalance")],
        ondelete={"unbalanced": "cascade"},
    )
    difference_qty = fields.Float(
        "Not Accounted For",
        digits="Product Unit",
        readonly=True,
        help="Quantity in stock beyond committed, soft reserved, safety, locked and"
        " available stock; negative if there is less.",
    )
    reserved_difference_qty = fields.Float(
        "Reserved Without Transfer",
        digits="Product Unit",
        readonly=True,
        help="Quantity reserved in stock beyond the reservations of transfers;"
        " negative if there is less.",
    )

    @api.model
    def _check_conservation(self, company):
        """Check all stock of ``company``; open alerts for differences."""
        differences = self.env["stock.availability"]._find_differences(company)
        if differences:
            self._open_now(company, set(differences))

    def _get_figures(self, keys):
        """Add the differences between stock and its shares."""
        differences = self.env["stock.availability"]._get_differences(
            self.env["product.product"].browse({key[0] for key in keys}),
            self.env["stock.warehouse"].browse({key[1] for key in keys}),
        )
        for figures in super()._get_figures(keys):
            key = figures["product_id"], figures["warehouse_id"]
            yield {**figures, "differences": differences[key]}

    def _get_due_types(self, company, figures):
        yield from super()._get_due_types(company, figures)
        if any(figures["differences"]):
            yield "unbalanced"

    def _prepare_figures(self, figures):
        supply, reserved = figures["differences"]
        return {
            **super()._prepare_figures(figures),
            "difference_qty": supply,
            "reserved_difference_qty": reserved,
        }

    # ------------------------------------------------------------------
    # Recommendations
    # ------------------------------------------------------------------

    def _get_recommendations(self):
        if self.alert_type != "unbalanced":
            yield from super()._get_recommendations()
            return
        if self.difference_qty:
            yield self.env._(
                "Stock differs by %s from the sum of the committed, soft-reserved,"
                " safety, locked and available quantities. Ask an administrator to"
                " check for changed locations and addons that change the"
                " availability.",
                self._format_qty(self.difference_qty),
            )
        if self.reserved_difference_qty:
            yield self.env._(
                "The quantity reserved in stock differs by %s from the reservations of"
                " transfers. The scheduler corrects this; if it happens again, ask"
                " an administrator to check what changes stock without a transfer.",
                self._format_qty(self.reserved_difference_qty),
            )

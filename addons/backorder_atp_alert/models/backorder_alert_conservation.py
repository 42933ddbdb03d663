# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderAlert(models.Model):
    """Stock that does not add up is somebody's business at once."""

    _inherit = "backorder.alert"

    alert_type = fields.Selection(
        selection_add=[("unbalanced", "Stock Imbalance")],
        ondelete={"unbalanced": "cascade"},
    )
    difference_qty = fields.Float(
        "Not Accounted For",
        digits="Product Unit",
        readonly=True,
        help="What is in stock beyond what is committed, held, buffered, locked and"
        " free; negative where it is less.",
    )
    reserved_difference_qty = fields.Float(
        "Reserved for Nobody",
        digits="Product Unit",
        readonly=True,
        help="What stock says is reserved beyond what transfers have reserved;"
        " negative where it is less.",
    )

    @api.model
    def _check_conservation(self, company):
        """Count everything of ``company``; open an alert for what does not add up."""
        differences = self.env["stock.availability"]._find_differences(company)
        if differences:
            self._open_now(company, set(differences))

    def _get_figures(self, keys):
        """Count beside it what the figures are reckoned from."""
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
    # Advice
    # ------------------------------------------------------------------

    def _get_recommendations(self):
        if self.alert_type != "unbalanced":
            yield from super()._get_recommendations()
            return
        if self.difference_qty:
            yield self.env._(
                "%s more in stock than is committed, held, buffered, locked and free."
                " Ask an administrator what changed the locations, or which addon"
                " changes what can be promised.",
                self._format_qty(self.difference_qty),
            )
        if self.reserved_difference_qty:
            yield self.env._(
                "%s more reserved in stock than transfers have reserved. Odoo's"
                " scheduler mends that; if it comes back, ask an administrator what"
                " changes stock past the transfers.",
                self._format_qty(self.reserved_difference_qty),
            )

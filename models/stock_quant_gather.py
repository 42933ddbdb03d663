# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..transaction import TransactionVar

# The rows found while a queue is reserved; None otherwise.
FOUND = TransactionVar()


class StockQuant(models.Model):
    """Stock is searched once while it is reserved for many orders.

    Reserving changes what a row has left, but not which rows there are, nor their
    order. Odoo searches them four times for each move.
    """

    _inherit = "stock.quant"

    def _finding_once(self):
        """Remember the rows found within this context."""
        return FOUND.setting(self.env.cr, {})

    def _gather(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        qty=0,
    ):
        parts = (product_id, location_id, lot_id, package_id, owner_id)
        found = FOUND.get(self.env.cr)
        if found is None or "quants_cache" in self.env.context:
            return super()._gather(*parts, strict=strict, qty=qty)
        key = (*self._get_change_key(*parts), strict, qty, *self._get_search_terms())
        if key not in found:
            found[key] = super()._gather(*parts, strict=strict, qty=qty)
        return found[key].with_env(self.env)

    def _get_search_terms(self):
        """Return what else the search for stock depends on."""
        context = self.env.context
        names = ("promisable_on", "with_expiration", "packaging_uom_id")
        return (self.env.su, *(context.get(name) for name in names))

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self._forget_found()
        return quants

    def unlink(self):
        self._forget_found()
        return super().unlink()

    def _forget_found(self):
        found = FOUND.get(self.env.cr)
        if found:
            found.clear()

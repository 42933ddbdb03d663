# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import float_compare


class SaleOrderLine(models.Model):
    """The terms of a line that an approval, a signature or a payment covers."""

    _inherit = "sale.order.line"

    def _get_terms(self):
        self.ensure_one()
        return {
            "productId": self.product_id.id,
            "unitId": self.product_uom_id.id,
            "quantity": self.product_uom_qty,
            "price": self.price_unit,
            "discount": self.discount,
        }

    def _is_within_terms(self, terms):
        """Whether this line is within ``terms``: no more, at the same price."""
        now = self._get_terms()
        return (
            bool(terms)
            and self.product_uom_id.compare(now["quantity"], terms["quantity"]) <= 0
            and all(now[name] == terms[name] for name in ("productId", "unitId"))
            and all(
                not float_compare(now[name], terms[name], precision_digits=6)
                for name in ("price", "discount")
            )
        )

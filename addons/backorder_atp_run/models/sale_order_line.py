# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError

# Added at installation, see ``add_columns``.
FIRM_COLUMNS = {"sale_order_line": {"is_promise_firm": "boolean"}}


class SaleOrderLine(models.Model):
    """Firm lines, which backorder runs do not change."""

    _inherit = "sale.order.line"

    is_promise_firm = fields.Boolean(
        "Firm",
        readonly=True,
        copy=False,
        help="Backorder runs do not change this line.",
        server_only=True,
    )

    def action_toggle_promise_firm(self):
        """Make these lines firm, or no longer firm.

        :raise AccessError: for users who are not inventory managers
        """
        if not self.env.user.has_group("backorder_atp.group_inventory_manager"):
            raise AccessError(
                self.env._("Only an inventory manager can make a line firm.")
            )
        self.check_access("read")
        for line in self.sudo():
            line.is_promise_firm = not line.is_promise_firm
            self.env["backorder.event"]._log(
                "promise:firm" if line.is_promise_firm else "promise:movable",
                order=line.order_id,
                product=line.product_id,
                warehouse=line.warehouse_id,
                quantity=line._get_product_qty(),
                payload={"lineId": line.id},
            )

    def _get_open_value(self, product_id, quantity, total):
        """Return the value of an open quantity, in the company's currency.

        :param total: the total of all open deliveries of the line; for a kit, the
            value is divided among them
        """
        whole = self._get_product_qty() if self.product_id.id == product_id else total
        if not whole:
            return 0.0
        value = self.price_subtotal * min(1.0, quantity / whole)
        return value / (self.order_id.currency_rate or 1.0)

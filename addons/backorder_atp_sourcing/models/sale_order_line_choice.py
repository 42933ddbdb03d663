# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """Choosing an alternative where the line is shown."""

    _inherit = "sale.order.line"

    def action_choose_alternative(self, kind, product_id, warehouse_id, source_id=0):
        """Apply an alternative of ``sale.order.get_promise_alternatives``.

        The alternatives are computed again: what has been shown may be gone.

        :param str kind: ``warehouse``, ``split``, ``transfer`` or ``substitute``
        :param int source_id: the warehouse that a transfer leaves, or 0
        :return: the action that the client shows next
        :raise AccessError: for users who may not change the order and are not
            operators, and if the user may not choose this alternative
        :raise UserError: when this alternative is no longer offered
        """
        self.ensure_one()
        action = self.action_open_alternatives()
        wizard = self.env["backorder.alternatives"].sudo().browse(action["res_id"])
        requested = (kind, product_id, warehouse_id, source_id or False)
        offered = wizard.line_ids.filtered(
            lambda row: (
                row.sale_line_id == self
                and not row.is_original
                and requested
                == (
                    row.kind,
                    row.product_id.id,
                    row.warehouse_id.id,
                    row.source_id.id,
                )
            )
        )
        if not offered:
            raise UserError(
                self.env._(
                    "This alternative for %s is no longer available. Refresh the page.",
                    self.product_id.display_name,
                )
            )
        message = offered[0].name
        offered[:1].sudo(False).action_choose()
        return self.order_id._get_notification(
            self.env._("%s is updated", self.order_id.name), message, kind="success"
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.backorder_atp.models.promise_decision import PROMISABLE


class SaleOrder(models.Model):
    """Promised date of the whole order."""

    _inherit = "sale.order"

    expected_promise_date = fields.Date(
        "Can Be Promised For",
        compute="_compute_expected_promise_date",
        help="The day for which all lines can be promised.",
    )
    first_promise_date = fields.Date(
        "First Promised For",
        compute="_compute_promised_date",
        store=True,
        copy=False,
        help="The date promised for the whole order when it was confirmed.",
        server_only=True,
    )
    promised_date = fields.Date(
        "Promised For",
        compute="_compute_promised_date",
        store=True,
        copy=False,
        help="The date that can be promised now for the whole order. It is updated as"
        " supply changes.",
        server_only=True,
    )
    promise_slip = fields.Integer(
        "Slip (Days)",
        compute="_compute_promise_slip",
        help="The number of days by which the promised date is later than the first"
        " one.",
    )

    @api.depends("order_line.expected_promise_date")
    def _compute_expected_promise_date(self):
        for order in self:
            order.expected_promise_date = order._get_last_day("expected_promise_date")

    @api.depends("order_line.first_promise_date", "order_line.promised_date")
    def _compute_promised_date(self):
        for order in self:
            order.first_promise_date = order._get_last_day("first_promise_date")
            order.promised_date = order._get_last_day("promised_date")

    @api.depends("first_promise_date", "promised_date")
    def _compute_promise_slip(self):
        for order in self:
            first, last = order.first_promise_date, order.promised_date
            order.promise_slip = (last - first).days if first and last else 0

    def _get_last_day(self, name):
        return max(filter(None, self.order_line.mapped(name)), default=False)

    # ------------------------------------------------------------------
    # Promising
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        confirmed = orders.filtered(
            lambda order: order.state == "sale" and not order.promised_date
        )
        confirmed._promise(confirmed._get_promises())
        return orders

    def write(self, vals):
        """Store the promises of a quotation when it is confirmed."""
        confirming = self.browse()
        if vals.get("state") == "sale":
            confirming = self.filtered(lambda order: order.state != "sale")
        promisable = PROMISABLE.get(self.env.cr)
        promises = confirming._get_promises(promisable)
        result = super().write(vals)
        confirmed = confirming.filtered(lambda order: order.state == "sale")
        confirmed._promise(promises)
        if "commitment_date" in vals:
            self._record_wanted_day()
        if vals.get("state") == "draft":
            self.order_line.sudo().write(self._prepare_no_promise())
        return result

    def _prepare_no_promise(self):
        """Return the values of lines that are set back to quotation."""
        return {
            "first_promise_date": False,
            "promised_date": False,
            "promise_notified_date": False,
            "is_promise_covered": False,
        }

    def _get_promises(self, promisable=None):
        lines = self.order_line.filtered(lambda line: line._needs_stock())
        return lines._get_promises(promisable=promisable) if lines else {}

    def _promise(self, promises):
        self.order_line._store_promises(promises)
        self.env["backorder.promise.recheck"]._record_promised(self.order_line)

    def _record_wanted_day(self):
        """Request a recheck of the promises when the requested day changes."""
        lines = self.order_line.filtered(
            lambda line: line.state == "sale" and line.open_qty and line.warehouse_id
        )
        self.env["backorder.promise.recheck"]._record(
            {(line.product_id.id, line.warehouse_id.id) for line in lines},
            ", ".join(lines.order_id.mapped("name")),
        )

    def _on_promise_slipped(self, lines):
        """Called when promised dates became later. Extend it to notify people.

        :param lines: lines of this order; ``promise_notified_date`` is the last date
            the customer was notified of, ``promised_date`` the current one
        """

    def _on_promises_moved(self):
        """Called when promised dates changed. Extend it to notify people."""

    def _on_supply_date_changed(self, old, new):
        """Request a recheck of the promises of these orders.

        Called when supply that these orders depend on is rescheduled.

        :param date old: when the supply was expected, or False
        :param date new: when it is expected now, or False
        """
        if old != new:
            self._record_wanted_day()

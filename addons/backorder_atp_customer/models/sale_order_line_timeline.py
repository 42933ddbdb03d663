# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_customer_timeline(self):
        """Return ``[(line, steps)]`` of what the customer may know of this order."""
        self.ensure_one()
        return [
            (line, line._get_customer_steps())
            for line in self.order_line
            if line._needs_stock()
        ]


class SaleOrderLine(models.Model):
    """The steps of a line as its customer sees them: no names of documents, no stock.

    Which customers may see them is decided by the page.
    """

    _inherit = "sale.order.line"

    def _get_customer_steps(self):
        """Return the steps of this line, the past ones first.

        :return: list of dicts with ``kind`` (``ordered``, ``shipped``, ``returned``,
            ``reserved`` or ``expected``), ``date`` (or False), ``quantity`` and
            ``unit``, ``is_done``, and ``is_confirmed`` of a date
        """
        self.ensure_one()
        steps = [
            self._prepare_customer_step(
                "ordered",
                self._to_near_day(self.order_id.date_order),
                self.product_uom_qty,
                is_done=True,
            )
        ]
        kinds = {"delivered": "shipped", "returned": "returned"}
        steps += [
            {
                **self._prepare_customer_step(
                    kinds[point["kind"]], point["day"], point["quantity"], is_done=True
                ),
                "unit": point["unit"],
            }
            for point in sorted(
                self._get_delivery_points(), key=lambda point: point["day"]
            )
        ]
        return steps + self._get_open_customer_steps()

    def _get_open_customer_steps(self):
        """Return what is reserved and what is expected of the open quantity."""
        steps = []
        backordered = min(self.backorder_qty, self.open_qty)
        ready = self.open_qty - backordered
        if ready > 0:
            promise = self._get_promise_for_customer() or (False, True)
            date, is_confirmed = (False, True) if backordered else promise
            steps.append(
                self._prepare_customer_step(
                    "reserved", date, ready, is_confirmed=is_confirmed
                )
            )
        if backordered > 0:
            steps.append(
                self._prepare_customer_step(
                    "expected",
                    self.expected_fulfilment_date,
                    backordered,
                    is_confirmed=self.is_fulfilment_date_confirmed,
                )
            )
        return steps

    def _prepare_customer_step(
        self, kind, date, quantity, is_done=False, is_confirmed=True
    ):
        return {
            "kind": kind,
            "date": date and fields.Date.to_date(date),
            "quantity": quantity,
            "unit": self.product_uom_id.name,
            "is_done": is_done,
            "is_confirmed": is_confirmed,
        }

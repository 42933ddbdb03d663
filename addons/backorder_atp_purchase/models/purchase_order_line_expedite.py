# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

EXPEDITE_ACTIVITY = "backorder_atp_purchase.mail_activity_type_expedite"


class PurchaseOrderLine(models.Model):
    """Purchases that backordered orders depend on, and their dates."""

    _inherit = "purchase.order.line"

    # ------------------------------------------------------------------
    # Expediting
    # ------------------------------------------------------------------

    def action_expedite(self, note=""):
        """Request the buyer of each purchase to expedite it.

        :param note: further information for the buyer
        :raise AccessError: for users who are not operators
        :raise UserError: when a line has no open receipt any more
        """
        self._check_expedite()
        lines = self.sudo()
        for order, own in lines.grouped("order_id").items():
            order._request_to_expedite(own, note)
        self.env["backorder.event"]._log_many(
            [line._prepare_expedite_event(note) for line in lines]
        )

    def _check_expedite(self):
        supply = self.env["backorder.supply"]
        supply._check_operator()
        lines = self.sudo()
        supply._check_warehouses(lines.order_id.picking_type_id.warehouse_id)
        finished = lines - lines._filter_expected()
        if finished:
            raise UserError(
                self.env._(
                    "%s has no open receipts. There is nothing to expedite.",
                    ", ".join(
                        f"{line.order_id.name} ({line.product_id.display_name})"
                        for line in finished
                    ),
                )
            )

    def _filter_expected(self):
        """Return the confirmed lines with open receipts."""
        return self.filtered(
            lambda line: (
                line.order_id.state == "purchase"
                and line.product_id.is_storable
                and line._get_open_moves()
            )
        )

    def _get_open_moves(self):
        return self.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    def _prepare_expedite_event(self, note):
        return {
            "event_type": "supply:expedited",
            "product": self.product_id,
            "warehouse": self.order_id.picking_type_id.warehouse_id,
            "company": self.company_id,
            "quantity": self._get_missing_qty(),
            "reason": note or False,
            "payload": {
                "purchaseOrder": self.order_id.name,
                "purchaseLineId": self.id,
                "vendor": self.partner_id.display_name,
                "buyer": self.order_id._get_buyer().name,
                "expected": fields.Datetime.to_string(self._get_expected_date()),
            },
        }

    # ------------------------------------------------------------------
    # A new date
    # ------------------------------------------------------------------

    def action_set_new_date(self, date):
        """Set a new expected date of these purchases.

        It is written to the line and its open receipt; backordered orders are updated.

        :param date: the day, as a date or its ISO text
        :raise AccessError: for users who are neither inventory managers nor operators
            with purchase rights
        """
        self.env["backorder.supply"]._check_buyer()
        self._check_expedite()
        date = fields.Date.to_date(date)
        if date < fields.Date.context_today(self):
            raise UserError(self.env._("The date must be in the future."))
        with self.env["backorder.event"]._caused_by(
            f"new-date:{','.join(self.sudo().order_id[:5].mapped('name'))}"
        ):
            for line in self.sudo():
                planned = line._convert_to_middle_of_day(date)
                line.date_planned = planned
                line._get_open_moves().date = planned

    def write(self, vals):
        """Record a new date of lines with open receipts, also from Odoo's forms."""
        if "date_planned" not in vals:
            return super().write(vals)
        before = {line: line.date_planned for line in self._filter_expected()}
        result = super().write(vals)
        for line, date in before.items():
            line._announce_new_date(date, line.date_planned)
        return result

    def _announce_new_date(self, old, new):
        """Record a new date, and update the orders that need these goods.

        :param old: the previous expected date, as a datetime
        :param new: the new expected date, as a datetime
        """
        self.ensure_one()
        old, new = old and old.date(), new and new.date()
        if old == new:
            return
        line = self.sudo()
        orders = line._get_expecting_orders()
        self.env["backorder.event"]._log_many(
            [
                {**line._prepare_date_event(old, new), "order": order}
                for order in orders or [None]
            ]
        )
        orders._record_supply_date(line, old, new)
        orders._on_supply_date_changed(old, new)

    def _get_expecting_orders(self):
        """Return the orders for these goods: make-to-order, or else all backordered."""
        moves = self.move_dest_ids | self.move_ids.move_dest_ids
        dedicated = moves.filtered(
            lambda move: (
                move.procure_method == "make_to_order"
                and move.state not in ("done", "cancel")
            )
        )
        if dedicated:
            return dedicated.sale_line_id.order_id
        warehouse = self.order_id.picking_type_id.warehouse_id
        return self.product_id._get_backordered_lines(warehouse).order_id

    def _prepare_date_event(self, old, new):
        return {
            "event_type": "supply:date_changed",
            "product": self.product_id,
            "warehouse": self.order_id.picking_type_id.warehouse_id,
            "company": self.company_id,
            "quantity": self._get_missing_qty(),
            "payload": {
                "purchaseOrder": self.order_id.name,
                "purchaseLineId": self.id,
                "vendor": self.partner_id.display_name,
                "from": fields.Date.to_string(old),
                "to": fields.Date.to_string(new),
            },
        }

    def _get_expected_date(self):
        """Return the expected date of the receipt, or of the purchase."""
        self.ensure_one()
        return min(self._get_open_moves().mapped("date"), default=self.date_planned)

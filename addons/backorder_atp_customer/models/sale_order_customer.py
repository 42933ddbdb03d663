# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.backorder_atp.models.sale_order_line import ALLOCATED

from .backorder_customer_message import LAYOUT, MESSAGE_KINDS


class SaleOrder(models.Model):
    """Messages to the customer about backordered items."""

    _inherit = "sale.order"

    customer_message_ids = fields.One2many(
        "backorder.customer.message",
        "order_id",
        "Customer Messages",
        readonly=True,
        server_only=True,
    )

    # ------------------------------------------------------------------
    # Causes
    # ------------------------------------------------------------------

    def _log_transitions(self, before):
        """Also notify the customer when the order is short or allocated."""
        result = super()._log_transitions(before)
        messages = self.env["backorder.customer.message"]
        delayed, available = {}, {}
        recovered = self.browse()
        # a backorder may also end by cancelling or splitting, which the customer has
        # agreed to
        allocated = ALLOCATED.get_all(self.env.cr)
        for order in self.filtered(lambda order: isinstance(order.id, int)):
            _state, since = before.get(order.id) or ("none", False)
            if order.backordered_since and not since and not order.backorder_parent_id:
                delayed[order] = order.backordered_since
            elif since and not order.backordered_since:
                recovered += order
                if order.id in allocated:
                    available[order] = since
        messages._enqueue("delayed", delayed)
        messages._enqueue("available", available)
        if recovered:
            messages._withdraw_untrue(recovered)
        return result

    def _notify_shipment(self, picking):
        """Notify the customers of the items shipped with ``picking``."""
        messages = self.env["backorder.customer.message"]
        backordered = self.filtered("backordered_since")
        messages._enqueue("partly_shipped", dict.fromkeys(backordered, picking.name))
        complete = (self - backordered).filtered(lambda order: order._is_all_shipped())
        messages._enqueue(
            "resolved", dict.fromkeys(complete._filter_once_backordered(), picking.name)
        )

    def _is_all_shipped(self):
        """Whether nothing is left to ship, including orders split off."""
        self.ensure_one()
        lines = (self | self._get_live_children()).order_line
        return not any(line.open_qty for line in lines)

    def _filter_once_backordered(self):
        """Return the orders that have been on backorder, by the log."""
        events = (
            self.env["backorder.event"]
            .sudo()
            .search(
                [
                    ("order_id", "in", self.ids),
                    ("event_type", "=", "order:backordered"),
                ]
            )
        )
        return self & events.order_id

    def _on_promise_slipped(self, lines):
        """Notify the customer of dates that slipped by more than the tolerance."""
        result = super()._on_promise_slipped(lines)
        self._notify_new_date()
        return result

    def _on_promises_moved(self):
        """Notify customers whose date differs from the last notified one."""
        result = super()._on_promises_moved()
        notified = self._get_last_notified_dates()
        self.filtered(
            lambda order: order in notified and order._is_date_news(notified[order])
        )._notify_new_date()
        return result

    def _is_date_news(self, notified):
        """Whether the expected date differs too much from the notified one."""
        self.ensure_one()
        date = self.expected_fulfilment_date
        if not notified or not date:
            return notified != date
        return (
            date < notified
            or (date - notified).days > self.company_id.promise_slip_days
        )

    def _notify_new_date(self):
        self.env["backorder.customer.message"]._enqueue(
            "new_date",
            {
                order: (
                    f"{order.backordered_since:%Y-%m-%d}"
                    f" {order.expected_fulfilment_date or '?'}"
                )
                for order in self.filtered("backordered_since")
            },
        )

    def _is_customer_message_true(self, kind):
        """Whether a message of this type is still true."""
        self.ensure_one()
        is_open = not self._is_all_shipped()
        return {
            "delayed": bool(self.backordered_since),
            "new_date": bool(self.backordered_since),
            "partly_shipped": is_open,
            "available": self.backorder_state == "allocated",
            "resolved": not is_open,
        }[kind]

    def _get_last_notified_dates(self):
        """Return ``{order: date or False}`` as last notified, if any."""
        messages = (
            self.env["backorder.customer.message"]
            .sudo()
            .search([("order_id", "in", self.ids), ("state", "=", "sent")], order="id")
        )
        return {message.order_id: message.expected_date for message in messages}

    # ------------------------------------------------------------------
    # Content
    # ------------------------------------------------------------------

    def _get_customer_message_kind(self):
        """Return the type of message for the current state of the order, or None."""
        self.ensure_one()
        if self.state != "sale":
            return None
        if self.backordered_since:
            return self._get_backorder_message_kind()
        if not self._filter_once_backordered():
            return None
        if self.backorder_state == "allocated":
            return "available"
        return "resolved" if self._is_all_shipped() else None

    def _get_backorder_message_kind(self):
        notified = self._get_last_notified_dates()
        if self in notified and self._is_date_news(notified[self]):
            return "new_date"
        if any(line.qty_delivered for line in self.order_line):
            return "partly_shipped"
        return "delayed"

    def _get_customer_message_template(self, kind):
        return self.env.ref(f"backorder_atp_customer.mail_template_{kind}")

    def _get_backorder_items(self):
        """Return the figures shown to customers for each item delivered from stock.

        :return: list of dicts with ``line``, ``name``, ``unit`` and the quantities
            ``ordered``, ``shipped``, ``ready`` (reserved) and ``backordered`` in the
            line's unit, ``date`` and ``is_confirmed`` (see
            ``sale.order.line._get_expected_fulfilment_date``)
        """
        self.ensure_one()
        return [
            line._prepare_backorder_item()
            for line in self.order_line
            if line._needs_stock() and line.product_uom_qty
        ]

    def _render_backorder_items(self):
        """Return the table of items for an email, in the language of the context."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "backorder_atp_customer.customer_message_items",
            {"items": self.sudo()._get_message_items(), "order": self},
        )

    def _get_message_items(self):
        """Return the backordered items, each with its available substitutes."""
        return [
            {**item, "substitutes": item["line"]._get_offered_substitutes()}
            for item in self._get_backorder_items()
        ]

    # ------------------------------------------------------------------
    # User actions
    # ------------------------------------------------------------------

    def action_inform_customer(self):
        """Open a message to the customers of these orders, to review and send.

        :return: the action of Odoo's composer, with the matching template
        :raise AccessError: for users who cannot change the orders
        :raise UserError: when there is no message for an order
        """
        self._check_existence()
        self.check_access("write")
        kind = self._get_common_message_kind()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Notify Customer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": self._prepare_composer_context(kind),
        }

    def _get_common_message_kind(self):
        kinds = {order: order._get_customer_message_kind() for order in self}
        quiet = self.filtered(lambda order: not kinds[order])
        if quiet or not self:
            raise UserError(
                self.env._(
                    "%s has no backordered items, so there is nothing to notify.",
                    ", ".join(quiet.mapped("name")) or self.env._("No order"),
                )
            )
        if len(set(kinds.values())) == 1:
            return kinds[self[0]]
        if all(self.mapped("backordered_since")):
            return "delayed"  # applies to every order on backorder
        raise UserError(self._get_mixed_kinds_message(kinds))

    def _get_mixed_kinds_message(self, kinds):
        labels = dict(
            self.env["backorder.customer.message"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        groups = self.grouped(lambda order: kinds[order])
        return self.env._(
            "These customers need different messages. Select orders with the same"
            " message: %s",
            "\n".join(
                f"{labels[kind]}: {', '.join(groups[kind].mapped('name'))}"
                for kind, _label in MESSAGE_KINDS
                if kind in groups
            ),
        )

    def _prepare_composer_context(self, kind):
        context = {
            "default_model": self._name,
            "default_res_ids": self.ids,
            "default_template_id": self._get_customer_message_template(kind).id,
            "default_composition_mode": "comment",
            "default_email_layout_xmlid": LAYOUT,
            "email_notification_allow_footer": True,
            "hide_mail_template_management_options": True,
            "force_email": True,
        }
        if len(self) > 1:
            context["default_composition_mode"] = "mass_mail"
        return context

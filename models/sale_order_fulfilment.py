# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter

from odoo import models
from odoo.exceptions import AccessError, UserError

from .sale_order import BACKORDERED_STATES

# How many reasons are shown in a notification.
MAX_REASONS = 5


class SaleOrder(models.Model):
    """Allocating backordered orders manually, and putting them on hold."""

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Fulfil
    # ------------------------------------------------------------------

    def action_fulfil(self):
        """Try to allocate these orders, each by itself.

        :return: a notification with the number of orders that were fulfilled, are
            still backordered, or failed
        :raise AccessError: if the user is not an operator
        :raise UserError: when an order does not exist or is not confirmed
        """
        self._check_fulfilment()
        if len(self) > self.env.company.backorder_retry_batch:
            return self._fulfil_many()
        return self._fulfil_at_once()

    def _fulfil_at_once(self):
        results = self._try_fulfilling(self._get_fulfil_source())
        return self._get_fulfil_notification(results)

    def _fulfil_many(self):
        """Try more orders than one retry processes.

        :return: an action for the client, as of :meth:`action_fulfil`
        """
        return self._fulfil_at_once()

    def process_backorders(self, allow_partial=True):
        """Try to allocate these orders now, for external programs.

        :param allow_partial: whether an order that is still short afterwards keeps
            what this attempt allocated; an order that ships complete never does
        :return: ``{"processed": number, "fulfilled": [order], "pending": [order],
            "failed": [order]}``, each order ``{"orderId", "orderNumber", "status",
            "reason"}`` with why it is still pending or failed, else ``False``
        :raise AccessError: if the user is not an operator
        :raise UserError: when an order does not exist or is not confirmed
        """
        self._check_fulfilment()
        source = self._get_fulfil_source()
        if allow_partial:
            results = self._try_fulfilling(source)
        else:
            results = self._try_fulfilling_whole(source)
        names = {"fulfilled": "fulfilled", "backordered": "pending", "failed": "failed"}
        response = {"processed": len(results), **{name: [] for name in names.values()}}
        for order, (result, reason) in results.items():
            response[names[result]].append(order._prepare_pass_result(reason))
        return response

    def _prepare_pass_result(self, reason):
        return {
            "orderId": self.id,
            "orderNumber": self.name,
            "status": self.backorder_state,
            "reason": reason,
        }

    def _check_fulfilment(self):
        self._check_existence()
        self._check_operator()
        self._check_fulfillable()

    def _get_fulfil_source(self):
        return f"fulfil:{self.env.user.login}"

    def action_fulfil_all(self):
        """Try to allocate every backordered order, in the order of the queue."""
        return self.search(self._get_backordered_domain()).action_fulfil()

    def _check_operator(self):
        self._check_backorder_group("backorder_atp.group_backorder_operator")

    def _check_backorder_group(self, group):
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "You need the role %s for this. Ask an administrator.",
                    self.env.ref(group).sudo().full_name,
                )
            )
        self.check_access("read")

    def _check_reason(self, reason):
        """Check that a reason is given for the log."""
        if not (reason or "").strip():
            raise UserError(self.env._("A reason is required."))

    def _check_existence(self):
        missing = self - self.exists()
        if missing:
            raise UserError(
                self.env._(
                    "Order not found: %s. Refresh the list.",
                    ", ".join(map(str, missing.ids)),
                )
            )

    def _check_fulfillable(self):
        unfit = self.filtered(lambda order: order.state != "sale")
        if unfit:
            raise UserError(
                self.env._(
                    "%s cannot be allocated: only confirmed orders can.",
                    ", ".join(
                        f"{order.name} ({order._get_state_label()})" for order in unfit
                    ),
                )
            )

    def _get_state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _fulfil(self, source):
        """Reserve in the order of the queue; return ``{order_id: error}``."""
        orders = self.sudo().filtered(lambda order: order.backorder_state != "on_hold")
        with self.env["backorder.event"]._caused_by(source):
            return self.env["backorder.retry"].sudo()._try_queue(orders._get_queue())

    def _get_unreserved_moves(self):
        return self.order_line.move_ids.filtered(
            lambda move: (
                move.state in ("confirmed", "partially_available")
                and move._serves_customer()
            )
        )

    def _sort_by_queue(self):
        """Return these orders in the order of the queue; at the end those with
        nothing left to reserve."""
        queue = self.sudo()._get_queue()
        return self.browse(dict.fromkeys(row["order_id"] for row in queue))

    def _get_queue(self):
        """Return the unreserved moves of these orders in the order of the queue, and
        at the end the orders that have none."""
        moves = self._get_unreserved_moves()
        queue = self.env["backorder.retry"].sudo()._get_queue_of(moves)
        others = self - moves.sale_line_id.order_id
        return queue + [{"order_id": order.id, "move_ids": []} for order in others]

    def _try_fulfilling(self, source):
        """Try these orders; return ``{order: (result, reason)}``.

        The result is ``fulfilled``, ``backordered`` or ``failed``.
        """
        failures = self._fulfil(source)
        return {
            order: order._get_fulfilment_result(failures.get(order.id))
            for order in self
        }

    def _try_fulfilling_whole(self, source):
        """Like :meth:`_try_fulfilling`, but an order gets everything or nothing."""
        return {order: order._try_whole(source) for order in self._sort_by_queue()}

    def _try_whole(self, source):
        before = self.sudo()._get_backorder_snapshot()
        with self.env.cr.savepoint() as savepoint:
            result = self._try_fulfilling(source)[self]
            if result[0] == "fulfilled":
                return result
            savepoint.rollback()
        error = result[1] if result[0] == "failed" else None
        with self.env["backorder.event"]._caused_by(source):
            self.sudo()._log_retry(before, {self.id: error} if error else {})
        return self._get_fulfilment_result(error)

    def _get_fulfilment_result(self, error):
        if error:
            return "failed", error
        if self.backorder_state in (*BACKORDERED_STATES, "on_hold"):
            return "backordered", self._get_backorder_reason()
        return "fulfilled", False

    def _get_backorder_reason(self):
        """Return in one line what the order still lacks."""
        order = self.sudo()
        if order.backorder_state == "on_hold":
            return self.env._("On hold: %s", order.hold_reason or "")
        if order.requires_inventory_override:
            return self.env._("Pending stock approval")
        short = order.order_line.filtered("backorder_product_qty")
        if not short:
            return self.env._("Some items are not matched with a product yet")
        return self.env._(
            "Short of %s",
            ", ".join(line._get_shortage_label() for line in short),
        )

    def _get_fulfil_notification(self, results):
        counts = Counter(result for result, _reason in results.values())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger"
                if counts["failed"]
                else "warning"
                if counts["backordered"]
                else "success",
                "title": self.env._("Allocation Attempted"),
                "message": "\n".join(self._get_fulfil_messages(counts, results)),
                "sticky": bool(counts["failed"]),
                "className": "o_backorder_notification",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_fulfil_messages(self, counts, results):
        """Return the counts and the reasons: all failures, some backorders."""
        reasons = sorted(
            (result != "failed", f"{order.name}: {reason}")
            for order, (result, reason) in results.items()
            if reason
        )
        shown = max(counts["failed"], MAX_REASONS)
        return [
            self.env._(
                "%(fulfilled)s fulfilled, %(backordered)s still backordered,"
                " %(failed)s failed",
                fulfilled=counts["fulfilled"],
                backordered=counts["backordered"],
                failed=counts["failed"],
            ),
            *(reason for _is_backordered, reason in reasons[:shown]),
        ]

    def _get_backorder_snapshot(self):
        return {order: order.backorder_state for order in self}

    def _log_retry(self, before, failures):
        """Log one attempt for each order, even if it changed nothing."""
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "order:retry",
                    "order": order,
                    "reason": failures.get(order.id) or False,
                    "payload": order._prepare_backorder_payload(before[order]),
                }
                for order in self
            ]
        )

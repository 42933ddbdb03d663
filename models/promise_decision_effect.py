# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import groupby

from ..decision import PASS, PENDING, RECORD, REFUSE, WITHHOLD
from ..exceptions import OrderValidationError
from .promise_decision import PROMISABLE


class PromiseDecision(models.AbstractModel):
    """The effects of a decision, all in :meth:`_carry_out`."""

    _inherit = "promise.decision"

    def _carry_out(self, case, decisions):
        """Apply decisions: warn, refuse, log or request approval.

        :param case: the facts of the decisions
        :param decisions: ``Decision`` objects
        :raise OrderValidationError: listing every refused line
        """
        self._remember_promisable(case)
        for order, locks in case.find_monitored():
            # monitored demand passes with a warning
            discrepancies = self.env["stock.discrepancy"].sudo()
            discrepancies.union(*(lock.record for lock in locks))._warn_of_promise(
                order
            )
        refused = [each for each in decisions if each.outcome == REFUSE]
        if refused:
            self._refuse([row for each in refused for row in each.shortages])
        for decision in decisions:
            if decision.outcome == RECORD:
                self._log("order:would_block", decision.order, decision.shortages)
            elif decision.outcome in (PENDING, WITHHOLD):
                self._request_approval(case, decision)
        self.env["sale.order"].union(
            *(
                each.order
                for each in decisions
                if each.is_whole and each.outcome in (PASS, RECORD)
            )
        )._settle_override()

    def _request_approval(self, case, decision):
        """Request approval. A paid or signed order is confirmed and only its
        delivery is withheld."""
        order = decision.order
        order._request_override(decision.shortages, case)
        if decision.outcome == WITHHOLD and not order.warehouse_id:
            # Odoo requires a warehouse; nothing is shipped until the decision
            order.warehouse_id = order._get_any_warehouse()

    def _remember_promisable(self, case):
        promisable = PROMISABLE.get(self.env.cr)
        if promisable is not None:
            promisable.update(
                {
                    (product.id, warehouse.id): quantity
                    for (product, warehouse), quantity in case.stock.items()
                }
            )

    # ------------------------------------------------------------------
    # Refusing
    # ------------------------------------------------------------------

    def _refuse(self, shortages):
        for order, own in self._group_by_order(shortages).items():
            self._log_refusal(order, own)
        raise OrderValidationError(self._get_message(shortages), shortages)

    def _group_by_order(self, shortages):
        return dict(groupby(shortages, lambda shortage: shortage.order))

    def _get_message(self, shortages):
        """Return one message with every short line, the reason and what to do."""
        unplaced = [shortage for shortage in shortages if not shortage.warehouse]
        short = [shortage for shortage in shortages if shortage.warehouse]
        parts = []
        if short:
            parts += self._get_message_part(
                short,
                self.env._("Not enough stock to promise this:"),
                self.env._(
                    "Reduce the quantity, choose another warehouse, or ask an"
                    " inventory manager to allow backorders of the product or to"
                    " approve the order."
                ),
            )
        if unplaced:
            parts += self._get_message_part(
                unplaced,
                self.env._("The warehouse to ship from is not set:"),
                self.env._(
                    "Select the warehouse on the order, or set one for its sales team"
                    " or salesperson."
                ),
            )
        return "\n".join(parts).strip()

    def _get_message_part(self, shortages, title, advice):
        lines = ["", title]
        for order, own in self._group_by_order(shortages).items():
            lines += ["", order.name or ""]
            lines += [self._get_message_line(shortage) for shortage in own]
        return [*lines, "", advice]

    def _get_message_line(self, shortage):
        product = shortage.product
        if not shortage.warehouse:
            return f"• {product.display_name}: {self._get_reason(shortage)}"
        return self.env._(
            "• %(product)s: requested %(requested)s, available %(available)s %(unit)s"
            " in %(warehouse)s; %(reason)s",
            product=product.display_name,
            requested=product.uom_id.round(shortage.requested),
            available=product.uom_id.round(shortage.available),
            unit=product.uom_id.name,
            warehouse=shortage.warehouse.sudo().name,
            reason=self._get_reason(shortage),
        )

    def _get_reason(self, shortage):
        """Return why a line cannot be promised, for messages."""
        return "; ".join(self._get_reason_text(reason) for reason in shortage.reasons)

    def _get_reason_text(self, reason):
        if reason.kind == "policy":
            return self.env._("backorders are not allowed (%s)", reason.detail)
        if reason.kind == "warehouse":
            return self.env._("no warehouse is set and several are possible")
        locks = {"hard": self.env._("hard lock"), "soft": self.env._("soft lock")}
        if reason.kind in locks:
            return self.env._(
                "discrepancy %(name)s is open (%(lock)s)",
                name=reason.detail,
                lock=locks[reason.kind],
            )
        return reason.detail

    # ------------------------------------------------------------------
    # Logging
    # ------------------------------------------------------------------

    def _log(self, event_type, order, shortages):
        self.env["backorder.event"]._log(
            event_type, **self._prepare_event(order, shortages)
        )

    def _log_refusal(self, order, shortages):
        self.env["backorder.event"]._log_after_rollback(
            "order:blocked", **self._prepare_event(order, shortages)
        )

    def _prepare_event(self, order, shortages):
        lines = [self._prepare_snapshot(shortage) for shortage in shortages]
        return {
            "order": order,
            "product": shortages[0].product if len(shortages) == 1 else None,
            "warehouse": shortages[0].warehouse if len(shortages) == 1 else None,
            "quantity": sum(line["shortfall"] for line in lines),
            "payload": {"lines": lines},
        }

    def _prepare_snapshot(self, shortage):
        """Return the availability snapshot as JSON."""
        product, warehouse = shortage.product, shortage.warehouse
        currency = shortage.order.company_id.sudo().currency_id
        shortfall = shortage.shortfall
        unit_value = shortage.line._get_promise_unit_value(product)
        return {
            "lineId": shortage.line._origin.id or False,
            "productId": product.id,
            "product": product.display_name,
            "warehouseId": warehouse.id,
            "required": shortage.requested,
            "available": shortage.available,
            "shortfall": shortfall,
            "reason": self._get_reason(shortage),
            "discrepancies": [lock.name for lock in shortage.locks],
            "components": shortage.components,
            "sku": product.default_code or False,
            "warehouse": warehouse.sudo().name or False,
            "value": currency.round(shortfall * unit_value),
        }

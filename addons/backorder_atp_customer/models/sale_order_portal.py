# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from odoo.addons.backorder_atp.models.sale_order import BACKORDERED_STATES

CUSTOMER_ANSWERS = [
    ("split", "Partial shipment"),
    ("wait", "Will wait"),
    ("cancel", "Backordered items cancelled"),
]
ANSWER_EVENTS = {
    "split": "customer:agreed_to_split",
    "wait": "customer:waits",
    "cancel": "customer:cancelled_remainder",
}


class SaleOrder(models.Model):
    """Backordered items and choices in the portal.

    The caller has verified the customer. The methods run with sudo on one order, and
    check what the order and the company allow.
    """

    _inherit = "sale.order"

    customer_answer = fields.Selection(
        CUSTOMER_ANSWERS,
        "Customer's Answer",
        readonly=True,
        copy=False,
        tracking=True,
        help="The customer's choice in the portal.",
        server_only=True,
    )
    customer_answer_date = fields.Datetime(
        "Answered On", readonly=True, copy=False, server_only=True
    )

    # ------------------------------------------------------------------
    # Display
    # ------------------------------------------------------------------

    def _is_backorder_shown(self):
        """Whether the portal shows the backordered items of this order."""
        self.ensure_one()
        return self.state == "sale" and self.company_id.sudo().backorder_portal

    def _get_portal_decisions(self):
        """Return the customer's current choices: ``split``, ``wait``, ``cancel``."""
        self.ensure_one()
        return [
            decision
            for decision in ANSWER_EVENTS
            if not self._get_decision_obstacle(decision)
        ]

    def _get_decision_obstacle(self, decision):
        """Return why this choice is not possible now, or None."""
        if not self._is_backorder_shown() or not self.backordered_since:
            return self.env._("This order has no more items on backorder.")
        if decision == "wait":
            return None
        if not self.company_id[f"backorder_portal_{decision}"]:
            return self.env._("Please contact us: this option is not available here.")
        if self.requires_inventory_override:
            return self.env._("Please contact us: this order is being checked.")
        if decision == "split":
            return self._get_split_obstacle()
        return self._get_cancel_obstacle()

    def _get_split_obstacle(self):
        if self.backorder_state not in BACKORDERED_STATES:
            return self.env._("Please contact us: this order is on hold.")
        if not self.is_backorder_splittable:
            return self.env._("No item of this order is ready to be shipped yet.")
        return None

    def _get_cancel_obstacle(self):
        """Return why the backordered items cannot all be cancelled, or None."""
        line = self._get_undivided_line()
        if not line:
            return None
        return self.env._(
            "Please contact us: %s is already invoiced or part of a set.",
            line.product_id.display_name,
        )

    def _get_undivided_line(self):
        """Return the first backordered line that cannot be split off, if any."""
        self.ensure_one()
        planned = {
            share.line: share.quantity
            for share in self._get_split_plan(split_lines=True)
        }
        for line in self.order_line.filtered("backorder_qty"):
            left = line._get_separable_qty() - planned.get(line, 0.0)
            if line.product_uom_id.compare(left, 0.0) > 0:
                return line
        return self.order_line.browse()

    def _get_current_answer(self):
        """Return the customer's answer for the current backorder, if any."""
        self.ensure_one()
        since, answered = self.backordered_since, self.customer_answer_date
        if not self.customer_answer or (since and answered < since):
            return False
        return self.customer_answer

    def _get_separated_items(self):
        """Return the quantities of the items that ship now and later."""
        planned = {
            share.line: share.quantity
            for share in self._get_split_plan(split_lines=True)
        }
        items = []
        for item in self._get_backorder_items():
            later = planned.get(item["line"], 0.0)
            ready = item["ready"] + item["backordered"] - later
            items.append({**item, "ready": ready, "backordered": later})
        return items

    def _get_remainder(self):
        """Return the quantities and amounts that would be cancelled.

        :return: list of dicts with ``line``, ``quantity`` in the line's unit and
            ``amount``, taxes included, in the order's currency
        """
        return [
            {
                "line": share.line,
                "quantity": share.quantity,
                "amount": self.currency_id.round(
                    share.line.price_total * share.quantity / share.line.product_uom_qty
                ),
            }
            for share in self._get_split_plan(split_lines=True)
            if share.line.product_uom_qty
        ]

    # ------------------------------------------------------------------
    # Choices
    # ------------------------------------------------------------------

    def _customer_decides(self, decision, customer):
        """Perform the customer's choice and record it.

        :param decision: ``split``, ``wait`` or ``cancel``
        :param res.partner customer: the customer
        :raise UserError: when the choice is not possible; nothing is changed then
        """
        self.ensure_one()
        self._lock_orders()
        obstacle = self._get_decision_obstacle(decision)
        if obstacle:
            raise UserError(obstacle)
        with self.env["backorder.event"]._caused_by(f"customer:{customer.name}"):
            payload = {
                "split": self._customer_splits,
                "wait": self._customer_waits,
                "cancel": self._customer_cancels,
            }[decision]()
            self._keep_answer(decision, customer, payload)

    def _customer_waits(self):
        return {
            "expectedDate": fields.Date.to_string(self.expected_fulfilment_date) or None
        }

    def _customer_splits(self):
        """Split off the backordered items, with the customer's agreement."""
        return self.with_user(SUPERUSER_ID).split_backorder(
            customer_agreed=True, split_lines=True
        )

    def _customer_cancels(self):
        """Cancel the quantities that are neither delivered, reserved nor invoiced."""
        plan = self._get_split_plan(split_lines=True)
        items = [share.line._prepare_cancelled_item(share.quantity) for share in plan]
        if self._is_nothing_left(plan):
            self._action_cancel()
            return {"items": items}
        locked, self.locked = (
            self.locked,
            False,
        )  # locked orders cannot be changed
        for share in plan:
            share.line._cancel_share(share)
        self.locked = locked
        self._reserve_what_stays()
        return {"items": items}

    def _is_nothing_left(self, plan):
        """Whether cancelling these shares would leave no items on the order."""
        whole = self.order_line.browse().union(
            *(share.line for share in plan if share.is_whole)
        )
        return not any(
            line.product_uom_qty
            for line in self.order_line - whole
            if not line.display_type
        )

    def _keep_answer(self, decision, customer, payload):
        labels = dict(self._fields["customer_answer"]._description_selection(self.env))
        self.write(
            {
                "customer_answer": decision,
                "customer_answer_date": fields.Datetime.now(),
            }
        )
        self.env["backorder.event"]._log(
            ANSWER_EVENTS[decision],
            order=self,
            reason=customer.display_name,
            payload={"partnerId": customer.id, **payload},
        )
        self.message_post(
            author_id=customer.id,
            body=self.env._("Answer in the portal: %s", labels[decision]),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

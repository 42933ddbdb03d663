# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from types import MappingProxyType

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.transaction import TransactionVar

# Amounts of the orders that passed in the current decision, by customer and company.
CREDIT_ADDED = TransactionVar(MappingProxyType({}))


class SaleOrder(models.Model):
    """Orders beyond the credit limit pass or need an approval, by the policy.

    Odoo itself only warns. Credit is checked when an order is confirmed, in every
    phase, and shares one request with stock.
    """

    _inherit = "sale.order"

    needs_credit_approval = fields.Boolean(compute="_compute_needs_credit_approval")

    @api.depends("override_ids.state", "override_ids.credit_excess")
    def _compute_needs_credit_approval(self):
        for order in self:
            request = order._get_pending_request()
            order.needs_credit_approval = any(request.mapped("credit_excess"))

    @api.depends("needs_credit_approval")
    def _compute_pending_approvals(self):
        """A request for credit only needs no approval of the stock."""
        result = super()._compute_pending_approvals()
        for order in self.filtered("needs_credit_approval"):
            order.needs_stock_approval = (
                order._get_pending_request()._is_stock_missing()
            )
        return result

    @api.depends("needs_credit_approval")
    def _compute_pending_message(self):
        return super()._compute_pending_message()

    def _get_pending_reasons(self):
        reasons = super()._get_pending_reasons()
        if self.needs_credit_approval:
            reasons.append(
                self.env._("This order exceeds the credit limit of its customer.")
            )
        return reasons

    def _get_pending_outcome(self):
        if not self.needs_credit_approval:
            return super()._get_pending_outcome()
        if self.state == "sale":
            return self.env._(
                "Its delivery is withheld until a finance manager decides."
            )
        return self.env._("It will be confirmed once a finance manager approves it.")

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def _get_credit_excess(self):
        """Return the amount beyond the limit, in the company's currency.

        Orders of the same customer that are confirmed together count. An order that
        adds nothing exceeds nothing.
        """
        self.ensure_one()
        impact = self._prepare_order_credit(self._get_credit_added())
        if not impact["hasLimit"] or impact["canProcessOrder"]:
            return 0.0
        adds = impact["creditImpact"] > 0
        return -impact["remainingCredit"] if adds else 0.0

    def _get_refused_credit(self):
        """Return the amount beyond the limit that needs an approval."""
        is_blocked = self.company_id.sudo().credit_policy == "block"
        return self._get_credit_excess() if is_blocked else 0.0

    def _get_credit_key(self):
        return self.sudo().partner_id.commercial_partner_id, self.company_id

    def _get_credit_added(self):
        """Return the amount added by orders checked before in the same batch."""
        return CREDIT_ADDED.get(self.env.cr).get(self._get_credit_key(), 0.0)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _filter_to_check(self):
        stock = super()._filter_to_check()
        return self.filtered(
            lambda order: (
                order in stock
                or order.state in ("draft", "sent")
                and order.company_id.sudo().credit_policy != "off"
            )
        )

    def _filter_written_directly(self):
        """In the monitor phase, writing the status triggers no process, as in Odoo."""
        return (
            super()
            ._filter_written_directly()
            .filtered(
                lambda order: (
                    order.company_id.promise_phase != "dark"
                    or order.company_id.sudo().credit_policy == "block"
                )
            )
        )

    def _is_created_confirmed(self, vals):
        """Orders created as confirmed do not bypass the credit limit."""
        company = self.env["res.company"].browse(vals.get("company_id"))
        policy = (company or self.env.company).sudo().credit_policy
        return super()._is_created_confirmed(vals) or (
            vals.get("state") == "sale" and policy == "block"
        )

    def _check_confirmation(self):
        """Check the credit of the orders that pass the stock check."""
        validator = self.env["promise.decision"]
        orders = self.filtered(
            lambda order: (
                order.company_id.sudo().credit_policy != "off"
                and not validator._has_passed(order)
            )
        )
        pending = super()._check_confirmation()
        return pending | (orders - pending)._check_credit()

    def _check_credit(self):
        """Apply the policy of its company to each order.

        :return: the orders that need an approval
        """
        self._guard_credit()
        with CREDIT_ADDED.setting(self.env.cr, defaultdict(float)):
            return self.filtered(lambda order: order._is_held_back_for_credit())

    def _is_held_back_for_credit(self):
        """Whether this order needs an approval; passed orders count for the next."""
        excess = self._get_credit_excess()
        verdict = self._get_credit_verdict(excess) if excess else "pass"
        if verdict != "pass":
            self._log_credit(verdict, excess)
        if verdict == "record":
            self._warn_of_credit(excess)
        elif (
            verdict == "pending"
            or verdict == "withhold"
            and not self._has_open_request()
        ):
            self._request_override([])
        if verdict != "pending":
            key = self._get_credit_key()
            added = CREDIT_ADDED.get(self.env.cr)
            added[key] += self._prepare_order_credit()["creditImpact"]
        return verdict == "pending"

    def _has_open_request(self):
        return bool(self._get_open_requests())

    def _get_credit_verdict(self, excess):
        """Return ``pass``, ``record``, ``pending`` or ``withhold``.

        Signed orders are confirmed and only their delivery is withheld. Paid amounts
        add nothing to the credit.
        """
        if self.company_id.sudo().credit_policy == "warn":
            return "record"
        if self._is_credit_approved(excess):
            return "pass"
        return "withhold" if self._is_paid_or_signed() else "pending"

    def _is_credit_approved(self, excess):
        """Whether the last decision approved at least this excess."""
        decided = self._get_last_decision()
        return (
            decided.state == "approved"
            and decided.currency_id.compare_amounts(decided.credit_excess, excess) >= 0
        )

    def _is_credit_refused(self):
        excess = self._get_refused_credit()
        return bool(excess) and not self._is_credit_approved(excess)

    def _settle_override(self):
        """Keep a request for credit although the stock is available now."""
        settled = self.filtered(lambda order: not order._is_credit_refused())
        return super(SaleOrder, settled)._settle_override()

    def _guard_credit(self):
        """Serialize credit checks of one customer.

        Writing the customer makes the later transaction fail and retry.
        """
        blocked = self.filtered(
            lambda order: order.company_id.sudo().credit_policy == "block"
        )
        customers = blocked.sudo().partner_id.commercial_partner_id
        if not customers:
            return
        self.env.cr.execute(
            SQL(
                """
                WITH locked AS (
                    SELECT id FROM res_partner WHERE id = ANY(%s)
                     ORDER BY id FOR NO KEY UPDATE)
                UPDATE res_partner customer SET write_date = customer.write_date
                  FROM locked WHERE customer.id = locked.id
                """,
                customers.ids,
            )
        )

    # ------------------------------------------------------------------
    # Log and messages
    # ------------------------------------------------------------------

    def _log_credit(self, verdict, excess):
        self.env["backorder.event"]._log(
            "order:credit_exceeded",
            order=self,
            payload={
                **self._prepare_order_credit(self._get_credit_added()),
                "creditExcess": excess,
                "verdict": verdict,
            },
        )

    def _warn_of_credit(self, excess):
        currency = self.company_id.currency_id
        self.env["backorder.event"]._warn_user(
            self.env._(
                "%(order)s exceeds the credit limit of %(customer)s by %(excess)s.",
                order=self.name,
                customer=self.partner_id.commercial_partner_id.display_name,
                excess=currency.format(excess),
            ),
            title=self.env._("Credit limit exceeded"),
        )

    def _get_pending_action(self):
        """Mention the credit if these orders are pending approval for it."""
        request = self._get_open_requests()[:1].with_env(self.env)
        decides = len(self) == 1 and request._may_be_decided()
        if decides or not all(self.mapped("needs_credit_approval")):
            return super()._get_pending_action()
        return self._get_notification(
            self.env._("Pending credit approval"),
            self.env._(
                "%(orders)s: the credit limit of the customer is exceeded. An"
                " approval request was sent to %(role)s.",
                orders=", ".join(self.mapped("name")),
                role=request.sudo().assigned_group_id.name
                or self.env._("a finance manager"),
            ),
        )

    def _get_promise_status(self, shortages):
        status = super()._get_promise_status(shortages)
        if status == "success" and self._is_credit_refused():
            return "success" if self._is_paid_or_signed() else "pending_approval"
        return status

    def _get_promise_message(self, status, is_only_unplaced=False):
        if status == "pending_approval" and self._is_credit_refused():
            return self.env._(
                "%s exceeds the credit limit of its customer. A finance manager must"
                " decide.",
                self.name,
            )
        return super()._get_promise_message(status, is_only_unplaced)

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from functools import wraps

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..transaction import TransactionVar, without_defaults

# Fields that only the customer may fill.
CUSTOMER_FIELDS = {"signature", "signed_by", "signed_on", "transaction_ids"}
# Ids of the orders that are being confirmed and are already checked.
CONFIRMING = TransactionVar(frozenset())


class SaleOrder(models.Model):
    """Confirming orders: which are checked, and how approval is requested."""

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Confirm the orders that pass; those that need approval stay as they are.

        On a running server the orders are checked already: :meth:`_register_hook`
        does it before any other addon's ``action_confirm``.
        """
        return self._confirm_promised(lambda promised: super().action_confirm())

    def _register_hook(self):
        """Let :meth:`_confirm_promised` run first at a confirmation.

        Other addons act before and after their ``super()``; an order that needs
        approval must reach none of them, whatever the load order. If another addon
        has replaced ``action_confirm``, its method is kept and called.
        """
        super()._register_hook()
        model_class = self.env.registry[self._name]
        replaced = vars(model_class).get("action_confirm")
        found = model_class.action_confirm

        @wraps(found)
        def action_confirm(orders):
            return orders._confirm_promised(found)

        model_class.action_confirm = action_confirm
        model_class._confirm_patch = action_confirm, replaced

    def _unregister_hook(self):
        """Restore the original method, unless it has been replaced since."""
        model_class = self.env.registry[self._name]
        patch, replaced = vars(model_class).get("_confirm_patch", (None, None))
        if patch and vars(model_class).get("action_confirm") is patch:
            del model_class.action_confirm, model_class._confirm_patch
            if replaced:
                model_class.action_confirm = replaced
        return super()._unregister_hook()

    def _is_stopped_before_promise(self):
        """Whether another addon does not confirm these orders, whatever their stock.

        They are neither promised nor refused then; what that addon answers is
        returned. Extended by addons.

        :raise UserError: if that addon refuses them
        """
        return False

    def _prepare_promise(self):
        """Extend it for choices to be made before these orders are promised."""

    @api.private
    def _confirm_promised(self, confirm):
        """Call ``confirm`` with the orders that need no approval."""
        if self._is_being_confirmed():
            return confirm(self)
        if self._is_stopped_before_promise():
            with self._confirming():
                return confirm(self)
        decisions = self.env["promise.decision"]
        source = f"order:{','.join(self[:5].mapped('name'))}"
        with self.env["backorder.event"]._caused_by(source), decisions._measuring():
            self._prepare_promise()
            to_check = self._filter_to_check()
            pending = to_check._check_confirmation()
            promised = self - pending
            with decisions._remembering(to_check - pending), promised._confirming():
                result = confirm(promised) if promised or not self else True
        return pending._get_pending_action() if pending else result

    def _is_being_confirmed(self):
        """Whether these orders are checked already and are confirmed right now."""
        return bool(self) and CONFIRMING.get(self.env.cr).issuperset(self.ids)

    def _confirming(self):
        """Do not check these orders a second time within."""
        cr = self.env.cr
        return CONFIRMING.setting(cr, CONFIRMING.get(cr).union(self.ids))

    def _filter_to_check(self):
        """Return the orders whose confirmation may need approval."""
        return self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.company_id.promise_phase != "dark"
            )
        )

    def _check_confirmation(self):
        """Check these orders; return those that need approval.

        :raise OrderValidationError: see ``promise.decision``
        """
        decisions = self.env["promise.decision"]
        orders = self.filtered(lambda order: not decisions._has_passed(order))
        orders._record_ambiguous_warehouse()
        return decisions._check_orders(orders) if orders else orders

    @api.model_create_multi
    def create(self, vals_list):
        """Check orders that are created as confirmed, too."""
        self._check_customer_fields(*vals_list)
        self = without_defaults(self, CUSTOMER_FIELDS | {"state"})
        is_checked = [self._is_created_confirmed(vals) for vals in vals_list]
        if not any(is_checked):
            return super().create(vals_list)
        drafts = [
            {**vals, "state": "draft"} if to_check else vals
            for vals, to_check in zip(vals_list, is_checked, strict=True)
        ]
        orders = super().create(drafts)
        confirmed = self.browse(
            [order.id for order, flag in zip(orders, is_checked, strict=True) if flag]
        )
        confirmed.write({"state": "sale"})
        return orders

    def _is_created_confirmed(self, vals):
        company = self.env["res.company"].browse(vals.get("company_id"))
        phase = (company or self.env.company).sudo().promise_phase
        return vals.get("state") == "sale" and phase != "dark"

    def write(self, vals):
        self._check_customer_fields(vals)
        if vals.get("state") == "sale":
            return self._write_confirmed(vals)
        if "state" in vals:
            self._end_approvals(vals["state"])
        return super().write(vals)

    def _end_approvals(self, state):
        """Drop the approval when the order leaves the confirmed state."""
        leaving = self.filtered(
            lambda order: state == "cancel" or order.state == "sale"
        )
        leaving._withdraw_overrides()

    def _write_confirmed(self, vals):
        """Check the final lines of orders that become confirmed."""
        confirming = self.filtered(lambda order: order.state != "sale")
        rest = {name: value for name, value in vals.items() if name != "state"}
        if "order_line" in rest or "warehouse_id" in rest:
            super().write(rest)
            rest = {}
        launching = confirming._filter_written_directly()
        pending = confirming._check_confirmation()
        if pending and rest:
            super(SaleOrder, pending).write(rest)
        result = super(SaleOrder, self - pending).write({**rest, "state": "sale"})
        (launching - pending)._launch_deliveries()
        return result

    def _launch_deliveries(self):
        """Create the deliveries of confirmed orders by the stock rules."""
        self.order_line._action_launch_stock_rule()

    def _filter_written_directly(self):
        """Return the orders whose deliveries no confirmation launches.

        Odoo only sets the status then, and the order would promise stock that is
        not committed to it.
        """
        decisions = self.env["promise.decision"]
        return self._filter_to_check().filtered(
            lambda order: not decisions._has_passed(order)
        )

    def _check_customer_fields(self, *vals_list):
        """Prevent salespeople from signing or paying for a customer.

        Such an order would be confirmed whatever is available. The portal and
        payments write these fields as superuser.
        """
        if self.env.su or self.env["promise.decision"]._may_override():
            return
        named = {vals["company_id"] for vals in vals_list if vals.get("company_id")}
        own = self.company_id | self.env["res.company"].browse(named)
        company = own or self.env.company
        if any(record.sudo().promise_phase != "dark" for record in company) and any(
            vals.get(name) for vals in vals_list for name in CUSTOMER_FIELDS
        ):
            raise AccessError(
                self.env._(
                    "Only the customer can sign or pay. Send the quotation instead."
                )
            )

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------

    def _request_override(self, shortages, case=None):
        """Request approval; from then on the order's demand counts as committed.

        :param case: the facts about the order, if it was just checked
        """
        self.ensure_one()
        self.env["backorder.override"]._request(self, shortages, case)

    def _is_override_approved(self, shortages):
        """Whether an approval covers the demand for each short product."""
        decided = self._get_last_decision()
        return decided.state == "approved" and decided._covers(self, shortages)

    def _get_last_decision(self):
        """Return the last request of the whole order that was decided."""
        decided = self.sudo().override_ids.filtered(
            lambda request: (
                request.kind == "order" and request.state in ("approved", "rejected")
            )
        )
        return decided.sorted("id")[-1:]

    def _is_delivery_withheld(self):
        return self.sudo().requires_inventory_override

    def _get_open_requests(self):
        return self.sudo().override_ids.filtered(
            lambda request: request.state == "pending"
        )

    def _notify_of_increase(self, shortages, increases):
        """Notify the user that the lines keep their quantity until the decision."""
        self.ensure_one()
        self.env["backorder.event"]._warn_user(
            "\n".join(
                self.env._(
                    "%(product)s: the quantity stays at %(now)s until %(requested)s"
                    " %(unit)s are approved.",
                    product=line.product_id.display_name,
                    now=line.product_uom_qty,
                    requested=quantity,
                    unit=line.product_uom_id.name,
                )
                for line, quantity in (
                    increases[shortage.line] for shortage in shortages
                )
            ),
            title=self.env._("%s: approval requested", self.name),
        )

    def action_open_override(self):
        """Open the pending request of this order."""
        self.ensure_one()
        request = self._get_open_requests()[:1].with_env(self.env)
        if not request:
            raise UserError(self.env._("%s has no pending approval.", self.name))
        return request.action_open_approval()

    def _action_cancel(self):
        with self.env["backorder.event"]._caused_by(
            f"cancel:{','.join(self[:5].mapped('name'))}"
        ):
            self._withdraw_overrides()
            return super()._action_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_enqueue_backordered(self):
        self._get_open_requests()._enqueue_backordered()
        self.sudo().override_ids.unlink()  # with their activities

    def _settle_override(self):
        """Withdraw a request that is no longer needed: the order passes."""
        pending = self.filtered("requires_inventory_override").sudo()
        pending.override_ids.filtered(
            lambda request: request.kind == "order"
        )._withdraw()

    def _withdraw_overrides(self):
        """Withdraw the requests of a cancelled order and release its hold.

        Approvals are dropped as well: the order is checked again when it is
        confirmed again.
        """
        pending = self._get_open_requests()
        self.sudo().override_ids._withdraw(("pending", "approved"))
        pending._enqueue_backordered()
        self.sudo().write(
            {"hold_since": False, "hold_reason": False, "hold_kind": False}
        )

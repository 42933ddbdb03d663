# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from functools import wraps

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..transaction import TransactionVar, without_defaults

# What only the customer does.
CUSTOMER_FIELDS = {"signature", "signed_by", "signed_on", "transaction_ids"}
# Ids of the orders that are being confirmed, and have been decided on.
CONFIRMING = TransactionVar(frozenset())


class SaleOrder(models.Model):
    """Confirming orders: who is decided on, and how approval is asked for."""

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Confirm what may be; what has to wait for approval stays as it is.

        On a running server the orders come here judged: :meth:`_register_hook` lets
        the same be done before any other addon's ``action_confirm``.
        """
        return self._confirm_promised(lambda promised: super().action_confirm())

    def _register_hook(self):
        """Make :meth:`_confirm_promised` the first to see a confirmation.

        Other addons act before and after their ``super()``; an order that has
        to wait for approval must reach none of them, wherever they stand. Whatever
        another addon has put in the place of ``action_confirm`` is kept and called.
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
        """Put back what was found, unless it has been replaced since."""
        model_class = self.env.registry[self._name]
        patch, replaced = vars(model_class).get("_confirm_patch", (None, None))
        if patch and vars(model_class).get("action_confirm") is patch:
            del model_class.action_confirm, model_class._confirm_patch
            if replaced:
                model_class.action_confirm = replaced
        return super()._unregister_hook()

    def _prepare_promise(self):
        """Extend it for what is to be chosen before these orders are promised."""

    @api.private
    def _confirm_promised(self, confirm):
        """Let ``confirm`` have the orders that need not wait for approval."""
        if self and CONFIRMING.get(self.env.cr).issuperset(self.ids):
            return confirm(self)
        self._serialize_promise()
        validator = self.env["promise.decision"]
        source = f"order:{','.join(self[:5].mapped('name'))}"
        with self.env["backorder.event"]._caused_by(source), validator._measuring():
            self._prepare_promise()
            judged = self._filter_to_check()
            pending = judged._check_confirmation()
            promised = self - pending
            with validator._remembering(judged - pending), promised._confirming():
                result = confirm(promised) if promised or not self else True
        return pending._get_pending_action() if pending else result

    def _confirming(self):
        """Decide on these orders no second time within."""
        cr = self.env.cr
        return CONFIRMING.setting(cr, CONFIRMING.get(cr).union(self.ids))

    def _serialize_promise(self):
        """Wait for earlier decisions about the same stock, before the snapshot."""
        guard = self.env["stock.promise.guard"]
        if guard._is_fresh_request("action_confirm"):
            guard._serialize(self._get_lock_keys())

    def _get_lock_keys(self):
        """Return the products and warehouses these orders are decided on.

        Read past the cache, which a fresh transaction would not keep.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT line.product_id, line.warehouse_id
                  FROM sale_order_line line
                  JOIN sale_order so ON so.id = line.order_id
                  JOIN res_company company ON company.id = so.company_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE line.order_id = ANY(%s)
                   AND line.warehouse_id IS NOT NULL
                   AND template.is_storable
                   AND company.promise_phase != 'dark'
                """,
                list(self.ids),
            )
        )
        return self.env.cr.fetchall()

    def _filter_to_check(self):
        """Return the orders whose confirmation somebody may have to approve."""
        return self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.company_id.promise_phase != "dark"
            )
        )

    def _check_confirmation(self):
        """Judge these orders; return those that have to wait for approval.

        :raise OrderValidationError: see ``promise.decision``
        """
        validator = self.env["promise.decision"]
        orders = self.filtered(lambda order: not validator._has_passed(order))
        orders._record_ambiguous_warehouse()
        return validator._check_orders(orders) if orders else orders

    @api.model_create_multi
    def create(self, vals_list):
        """Judge orders that are created confirmed, like any other."""
        self._check_customer_fields(*vals_list)
        self = without_defaults(self, CUSTOMER_FIELDS | {"state"})
        is_checked = [self._is_created_confirmed(vals) for vals in vals_list]
        if not any(is_checked):
            return super().create(vals_list)
        drafts = [
            {**vals, "state": "draft"} if judged else vals
            for vals, judged in zip(vals_list, is_checked, strict=True)
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
        """Let no approval outlive the confirmed order, however it ends."""
        leaving = self.filtered(
            lambda order: state == "cancel" or order.state == "sale"
        )
        leaving._withdraw_overrides()

    def _write_confirmed(self, vals):
        """Let only judged orders become confirmed, over their final lines."""
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
        """Let the stock rules bring forth the deliveries of confirmed orders."""
        self.order_line._action_launch_stock_rule()

    def _filter_written_directly(self):
        """Return the orders that no confirmation launches the deliveries of.

        Odoo leaves it at the status then; the order would promise stock that
        nothing keeps for it.
        """
        validator = self.env["promise.decision"]
        return self._filter_to_check().filtered(
            lambda order: not validator._has_passed(order)
        )

    def _check_customer_fields(self, *vals_list):
        """Refuse that a salesman signs or pays for his customer.

        Such an order would be confirmed whatever there is; portal and payments
        write these fields as the system.
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
                    "Only the customer signs or pays. Send the quotation instead."
                )
            )

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------

    def _request_override(self, shortages, case=None):
        """Ask for approval; from now on the order's demand counts as committed.

        :param case: what was just known about the order, where it was decided on
        """
        self.ensure_one()
        self.env["backorder.override"]._request(self, shortages, case)

    def _is_override_approved(self, shortages):
        """Whether somebody approved what each short product now asks for."""
        decided = self._get_last_decision()
        return decided.state == "approved" and decided._covers(self, shortages)

    def _get_last_decision(self):
        """Return the last request of the whole order that somebody decided on."""
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

    def _notify_of_increase(self, shortages, asked):
        """Tell the user that his lines keep their quantity until it is decided."""
        self.ensure_one()
        self.env["backorder.event"]._warn_user(
            "\n".join(
                self.env._(
                    "%(product)s stays at %(now)s until %(asked)s %(unit)s are"
                    " approved.",
                    product=line.product_id.display_name,
                    now=line.product_uom_qty,
                    asked=quantity,
                    unit=line.product_uom_id.name,
                )
                for line, quantity in (asked[shortage.line] for shortage in shortages)
            ),
            title=self.env._("%s: approval asked for", self.name),
        )

    def action_open_override(self):
        """Open the pending request of this order."""
        self.ensure_one()
        request = self._get_open_requests()[:1].with_env(self.env)
        if not request:
            raise UserError(self.env._("%s waits for no approval.", self.name))
        return request.action_open_approval()

    def _action_cancel(self):
        with self.env["backorder.event"]._caused_by(
            f"cancel:{','.join(self[:5].mapped('name'))}"
        ):
            self._withdraw_overrides()
            return super()._action_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_enqueue_waiting(self):
        self._get_open_requests()._enqueue_waiting()
        self.sudo().override_ids.unlink()  # with their activities

    def _settle_override(self):
        """Take back a request that is not needed any more: the order passes."""
        waiting = self.filtered("requires_inventory_override").sudo()
        waiting.override_ids.filtered(
            lambda request: request.kind == "order"
        )._withdraw()

    def _withdraw_overrides(self):
        """Take back what a cancelled order asks for, and let go of its hold.

        An approval goes with it: confirmed again, the order is judged anew.
        """
        pending = self._get_open_requests()
        self.sudo().override_ids._withdraw(("pending", "approved"))
        pending._enqueue_waiting()
        self.sudo().write(
            {"hold_since": False, "hold_reason": False, "hold_kind": False}
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from ..transaction import TransactionVar
from .sale_order import INHERITED_SINCE

# Fields agreed with the customer that a copy leaves out.
KEPT_FIELDS = (
    "backorder_priority",
    "client_order_ref",
    "commitment_date",
    "date_order",
    "hold_clock_since",
)
# Whether a backorder order is being confirmed, as part of its confirmed original.
SPLITTING = TransactionVar(False)


class SaleOrder(models.Model):
    """Moving the backordered items to the backorder order."""

    _inherit = "sale.order"

    def _split_off(self, split_lines):
        """Create the backorder order with the backordered items; return it."""
        plan = self._get_split_plan(split_lines)
        if not plan:
            raise UserError(
                self.env._(
                    "Nothing of %s can be moved: the backordered items are already"
                    " invoiced, or belong to items that ship together.",
                    self.name,
                )
            )
        since = self.backordered_since
        child = self._create_backorder_order()
        locked, self.locked = (
            self.locked,
            False,
        )  # the lines of a locked order cannot be changed
        demand = self._get_planned_demand(plan)
        with child._inheriting_age(since), self.env["promise.decision"]._moving(demand):
            lines = self.order_line
            before = lines._get_document_amounts()
            moves = lines.move_ids.browse()
            for share in plan:
                moves |= share.line._move_share(share, child)
            moves._hand_over_to(child)
        child._keep_amounts(before, lines, plan)
        self.locked = child.locked = locked
        return child

    def _reserve_what_stays(self):
        """Reserve the moves that no longer depend on the split items."""
        together = self.order_line.move_ids._filter_shipped_together()
        together.filtered(
            lambda move: (
                move.state in ("confirmed", "partially_available")
                and not move._is_undue()
            )
        )._action_assign()

    def _get_split_plan(self, split_lines):
        """Return a :class:`SplitShare` for each line that would be split off."""
        return self.order_line._plan_split(split_lines)

    def _get_stock_references(self):
        """Return the stock references shared by the transfers of this order."""
        if not self.stock_reference_ids:
            self.stock_reference_ids = self.env["stock.reference"].create(
                {"name": self.name}
            )
        return self.stock_reference_ids

    def _get_planned_demand(self, plan):
        """Return the demand that moves, ``{(product, warehouse): quantity}``."""
        demand = defaultdict(float)
        for share in plan:
            parts = share.line._get_parts_of_one()
            moved = share.line._to_product_unit(share.quantity)
            for _line, product, warehouse, quantity in share.line._get_promise_demand():
                demand[product, warehouse] += min(quantity, moved * parts[product])
        return demand

    def _create_backorder_order(self):
        """Create the confirmed order that takes the lines over, without lines yet.

        No second confirmation is sent: the customer got one for the original.
        """
        context = {
            **clean_context(self.env.context),
            "mail_auto_subscribe_no_notify": True,
            "tracking_disable": True,
        }
        child = (
            self.with_context(context)  # pylint: disable=context-overridden
            .with_company(self.company_id)
            .create(self._prepare_backorder_order())
        )
        splitting = SPLITTING.setting(self.env.cr, True)
        with splitting, self.env["promise.decision"]._remembering(child):
            child.state = "sale"
        child.message_subscribe(partner_ids=self.message_partner_ids.ids)
        return child.with_env(self.env)

    def _is_being_split_off(self):
        """Whether this order takes over lines that are confirmed already."""
        return SPLITTING.get(self.env.cr)

    def _prepare_backorder_order(self):
        [values] = self.copy_data({"order_line": []})
        kept = {
            name: value
            for name, value in values.items()
            if self._fields[name].type != "one2many"
        }
        kept.update({name: self[name] for name in KEPT_FIELDS})
        return {**kept, "origin": self.name, "backorder_parent_id": self.id}

    @contextmanager
    def _inheriting_age(self, since):
        """Keep the date of the first shortage instead of today's."""
        with INHERITED_SINCE.setting(self.env.cr, {self.id: since}):
            yield
            self.flush_recordset(["backorder_state", "backordered_since"])

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

POLICIES = [
    ("inherit", "Inherited"),
    ("yes", "Allowed"),
    ("no", "Not allowed"),
]

LIMITS = [
    ("none", "Without limit"),
    ("quantity", "Up to a quantity"),
]
# The limits, and the settings that only an inventory manager may change, each with its
# default.
LIMIT_FIELDS = {
    "backorder_limit": "none",
    "backorder_limit_qty": 0,
    "backorder_until": False,
}
PERMISSIONS = {"allow_backorder": "inherit", **LIMIT_FIELDS}


@dataclass(frozen=True)
class BackorderLimit:
    """How far backorders are allowed, and where the limit is set."""

    kind: str
    #: For the kind ``quantity``, in the product's unit.
    quantity: float
    source: str


class BackorderPolicyMixin(models.AbstractModel):
    """A record with a setting whether a product can be promised beyond stock.

    The most specific explicit setting applies: stock policy of the location, of the
    warehouse, variant, product, category and its parents, company. Backorders may be
    limited to a quantity, to the incoming quantity or until a date. The limit belongs
    to the record whose setting applies and is not combined with other records.
    """

    _name = "backorder.policy.mixin"
    _description = "Backorder Policy"
    #: The field by which a record inherits from another.
    _backorder_policy_parent = None

    allow_backorder = fields.Selection(
        POLICIES,
        string="Backorders",
        default="inherit",
        required=True,
        copy=False,
        help="Whether the product may be promised and shipped beyond stock.",
    )
    is_backorder_allowed = fields.Boolean(
        "Backorders Allowed",
        compute="_compute_is_backorder_allowed",
        help="The policy in force, wherever it was set.",
    )
    backorder_policy_source = fields.Char(
        "Backorder Policy Set By",
        compute="_compute_is_backorder_allowed",
        help="Where the policy in force comes from.",
    )

    backorder_limit = fields.Selection(
        LIMITS,
        default="none",
        required=True,
        copy=False,
        help="How far a product may be promised beyond stock where backorders are"
        " allowed. Incoming covers all trusted receipts, whatever their date.",
    )
    backorder_limit_qty = fields.Float(
        "Up To",
        digits="Product Unit",
        copy=False,
        help="How much may be promised beyond stock in one warehouse, by all orders"
        " together, in the product's unit.",
    )
    backorder_until = fields.Date(
        "Allowed Until",
        copy=False,
        help="The last day on which this may be promised beyond stock.",
    )

    @api.constrains("backorder_limit_qty")
    def _check_backorder_limit_qty(self):
        if any(record.backorder_limit_qty < 0 for record in self):
            raise ValidationError(self.env._("A backorder limit cannot be negative."))

    @api.depends("allow_backorder", "backorder_until")
    @api.depends_context("company")
    def _compute_is_backorder_allowed(self):
        for record in self:
            allowed, source = record._get_backorder_policy(self.env.company)
            record.is_backorder_allowed = allowed
            record.backorder_policy_source = source

    # ------------------------------------------------------------------
    # Policy in force
    # ------------------------------------------------------------------

    def _get_backorder_policy(self, company):
        """Return ``(is_allowed, source)`` of the policy in force for this record.

        Backorders are not allowed once the last day has passed.
        """
        decider = self._get_backorder_decider(company)
        if decider == company:
            allowed = company.allow_backorder
            source = self.env._("Company %s", company.name)
        else:
            allowed = decider.allow_backorder == "yes"
            source = decider._get_backorder_policy_label()
        if allowed and decider.backorder_until:
            until = fields.Date.to_string(decider.backorder_until)
            source = self.env._("%(policy)s, until %(day)s", policy=source, day=until)
            allowed = decider.backorder_until >= fields.Date.context_today(self)
        return allowed, source

    def _get_backorder_limit(self, company):
        """Return the :class:`BackorderLimit` in force, or None for no limit.

        Applies only if backorders are allowed.
        """
        decider = self._get_backorder_decider(company)
        if decider.backorder_limit == "none":
            return None
        _allowed, source = self._get_backorder_policy(company)
        return BackorderLimit(
            decider.backorder_limit, decider.backorder_limit_qty, source
        )

    def _get_backorder_decider(self, company):
        """Return the record whose setting applies, or the company."""
        for holder in self._get_backorder_policy_holders():
            if holder.allow_backorder != "inherit":
                return holder
        return company.sudo()

    def _get_backorder_policy_holders(self):
        """Return this record and those it inherits from, nearest first."""
        holders, holder = [], self
        while holder:
            holders.append(holder)
            parent = holder._backorder_policy_parent
            holder = holder[parent] if parent else None
        return holders

    def _get_backorder_policy_label(self):
        return self.display_name

    # ------------------------------------------------------------------
    # Changes
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if any(
            vals.get(name, default) not in (default, 0, False)
            for vals in vals_list
            for name, default in PERMISSIONS.items()
        ):
            self._check_policy_access()
        return super().create(vals_list)

    def write(self, vals):
        """Check the permission to change the policy and enqueue a retry.

        A limit requires the same permission as the policy itself.
        """
        is_named = bool(PERMISSIONS.keys() & vals.keys())
        if is_named:
            self._check_policy_access()
        elif self._backorder_policy_parent not in vals:
            return super().write(vals)
        before = self._get_allowed_by_record()
        result = super().write(vals)
        after = self._get_allowed_by_record()
        if any(after[record] and not before[record] for record in self):
            self._check_policy_access()
        if is_named or before != after:
            self._enqueue_backorder_policy()
        return result

    def _get_allowed_by_record(self):
        return {
            record: record._get_backorder_policy(self.env.company)[0] for record in self
        }

    def _check_policy_access(self):
        """The right to edit products does not include backorder policies."""
        if self.env.su or self.env.user.has_group(
            "backorder_atp.group_inventory_manager"
        ):
            return
        raise AccessError(
            self.env._("Only inventory managers can allow or forbid backorders.")
        )

    def _enqueue_backorder_policy(self):
        """Enqueue a retry of the backordered orders that this policy applies to."""
        self.env["backorder.retry"]._enqueue_backordered(
            self._get_backorder_policy_products(),
            source=f"policy:{', '.join(self.mapped('display_name'))}",
        )

    def _get_backorder_policy_products(self):
        """Return the ``product.product`` records that this policy applies to."""
        raise NotImplementedError()

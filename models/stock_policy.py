# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockPolicy(models.Model):
    """The settings of a product in a warehouse or in one of its locations.

    They are not stored on quants, because Odoo deletes those at zero and merges them.
    """

    _name = "stock.policy"
    _description = "Stock Policy"
    _inherit = ["backorder.policy.mixin"]
    _order = "product_id, warehouse_id, location_id"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain=[("is_storable", "=", True)],
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        ondelete="cascade",
        check_company=True,
        default=lambda self: self._default_warehouse_id(),
    )
    location_id = fields.Many2one(
        "stock.location",
        "Only in Location",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('warehouse_id', '=', warehouse_id), ('usage', '=', 'internal')]",
        help="Leave empty for the whole warehouse. The policy of a location also"
        " applies to its sublocations. The most specific explicit setting applies.",
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id",
        store=True,
        index=True,
        server_only=True,
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    safety_stock_quantity = fields.Float(
        "Safety Stock",
        digits="Product Unit",
        help="Quantity that is never promised.",
    )
    safety_stock_percent = fields.Float(
        "Safety Stock (%)",
        digits=(5, 2),
        help="Percentage of the stock that is never promised, besides the quantity.",
    )
    scope = fields.Char("Applies To", compute="_compute_scope")
    promise_available_qty = fields.Float(
        "Available to Promise", compute="_compute_availability", digits="Product Unit"
    )
    on_hand_qty = fields.Float(
        "On Hand", compute="_compute_availability", digits="Product Unit"
    )
    committed_qty = fields.Float(
        "Committed", compute="_compute_availability", digits="Product Unit"
    )
    shortage_qty = fields.Float(
        "Beyond Stock",
        compute="_compute_availability",
        digits="Product Unit",
        help="Quantity committed beyond stock by orders, including those on hold, and"
        " by transfers without an order.",
    )

    _scope_uniq = models.UniqueIndex(
        "(product_id, warehouse_id, COALESCE(location_id, 0))",
        "This product already has a stock policy there. Change that one.",
    )
    _safety_stock_not_negative = models.Constraint(
        "CHECK (safety_stock_quantity >= 0 AND safety_stock_percent BETWEEN 0 AND 100)",
        "The safety stock must be at least 0 and its percentage from 0 to 100.",
    )

    @api.model
    def _default_warehouse_id(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    @api.constrains(
        "location_id", "warehouse_id", "safety_stock_quantity", "safety_stock_percent"
    )
    def _check_location(self):
        for policy in self.filtered("location_id"):
            if policy.location_id.warehouse_id != policy.warehouse_id:
                raise ValidationError(
                    self.env._(
                        "%(location)s is not in the warehouse %(warehouse)s."
                        " Choose a location of that warehouse, or none.",
                        location=policy.location_id.display_name,
                        warehouse=policy.warehouse_id.name,
                    )
                )
            if policy.safety_stock_quantity or policy.safety_stock_percent:
                raise ValidationError(
                    self.env._(
                        "The safety stock applies to a whole warehouse."
                        " Leave the location empty to set one for %s.",
                        policy.product_id.display_name,
                    )
                )

    @api.depends("warehouse_id", "location_id")
    def _compute_scope(self):
        for policy in self:
            policy.scope = policy.location_id.display_name or self.env._(
                "All of %s", policy.warehouse_id.name
            )

    @api.depends(
        "product_id", "warehouse_id", "safety_stock_quantity", "safety_stock_percent"
    )
    def _compute_availability(self):
        availability = self.env["stock.availability"].get_availability(
            self.product_id,
            self.warehouse_id,
            components=["displayed", "on_hand", "committed", "shortage"],
        )
        for policy in self:
            row = availability.get((policy.product_id.id, policy.warehouse_id.id), {})
            policy.promise_available_qty = row.get("displayed", 0.0)
            policy.on_hand_qty = row.get("on_hand", 0.0)
            policy.committed_qty = row.get("committed", 0.0)
            policy.shortage_qty = row.get("shortage", 0.0)

    def action_explain(self):
        """Open the explanation of the available quantity."""
        self.ensure_one()
        return self.env["stock.availability"]._get_explanation_action(
            self.product_id, self.warehouse_id
        )

    @api.depends("product_id", "warehouse_id", "location_id")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = (
                f"{policy.product_id.display_name} @ {policy.scope or ''}"
            )

    # ------------------------------------------------------------------
    # Backorder settings
    # ------------------------------------------------------------------

    def _get_backorder_policy_holders(self):
        warehouse_wide = self.browse()
        if self.location_id:
            policies = self._get_policies_by_scope(self.product_id, self.location_id)
            policies.pop(
                (self.product_id.id, self.warehouse_id.id, self.location_id.id), None
            )
            warehouse_wide = self._find_deciding_policy(
                policies, self.product_id, self.location_id
            )
        return [self, *warehouse_wide, *self.product_id._get_backorder_policy_holders()]

    def _get_backorder_policy(self, company):
        return super()._get_backorder_policy(self.company_id or company)

    def _get_backorder_limit(self, company):
        return super()._get_backorder_limit(self.company_id or company)

    def _get_backorder_policy_label(self):
        return self.env._("Stock Policy %s", self.scope)

    def _get_backorder_policy_products(self):
        return self.product_id

    # ------------------------------------------------------------------
    # Changes of the quantity that can be promised
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies._on_change()
        return policies

    def write(self, vals):
        before = {
            policy: policy.safety_stock_quantity + policy.safety_stock_percent
            for policy in self
        }
        result = super().write(vals)
        self._on_change()
        lowered = self.filtered(
            lambda policy: (
                policy.safety_stock_quantity + policy.safety_stock_percent
                < before[policy]
            )
        )
        lowered._enqueue_retries("safety_stock")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_enqueue(self):
        self._on_change()
        self._enqueue_retries("safety_stock")

    def _on_change(self):
        self.env["stock.promise.guard"]._touch(
            [(policy.product_id.id, policy.warehouse_id.id) for policy in self]
        )

    def _enqueue_retries(self, cause):
        if self:
            self.env["backorder.retry"]._enqueue_backordered(
                self.product_id,
                self.warehouse_id,
                f"{cause}: {', '.join(self.mapped('display_name'))}",
            )

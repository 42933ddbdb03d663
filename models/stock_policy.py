# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockPolicy(models.Model):
    """What is decided for a product in a warehouse, or in one location of it.

    It lives apart from the quants: Odoo deletes those at zero and merges them
    without notice, so that no setting would survive there.
    """

    _name = "stock.policy"
    _description = "Stock Level"
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
        help="Empty: the whole warehouse. A location's own policy also holds for the"
        " locations inside it; the nearest one wins.",
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id",
        store=True,
        index=True,
        server_only=True,
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    safety_stock_quantity = fields.Float(
        "Safety Buffer",
        digits="Product Unit",
        help="Quantity that is never promised to anybody.",
    )
    safety_stock_percent = fields.Float(
        "Buffer (%)",
        digits=(5, 2),
        help="Part of the stock that is never promised, beside the quantity.",
    )
    scope = fields.Char("Holds For", compute="_compute_scope")
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
        help="What is committed beyond the stock: by orders, also on hold, and by"
        " transfers without an order.",
    )

    _scope_uniq = models.UniqueIndex(
        "(product_id, warehouse_id, COALESCE(location_id, 0))",
        "This product has a level for that place already. Change that one.",
    )
    _safety_stock_not_negative = models.Constraint(
        "CHECK (safety_stock_quantity >= 0 AND safety_stock_percent BETWEEN 0 AND 100)",
        "A safety buffer is a quantity of at least 0 and a percentage from 0 to 100.",
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
        for level in self.filtered("location_id"):
            if level.location_id.warehouse_id != level.warehouse_id:
                raise ValidationError(
                    self.env._(
                        "%(location)s is not in the warehouse %(warehouse)s."
                        " Choose a location of that warehouse, or none.",
                        location=level.location_id.display_name,
                        warehouse=level.warehouse_id.name,
                    )
                )
            if level.safety_stock_quantity or level.safety_stock_percent:
                raise ValidationError(
                    self.env._(
                        "A safety buffer is kept for a whole warehouse."
                        " Leave the location empty to set one for %s.",
                        level.product_id.display_name,
                    )
                )

    @api.depends("warehouse_id", "location_id")
    def _compute_scope(self):
        for level in self:
            level.scope = level.location_id.display_name or self.env._(
                "All of %s", level.warehouse_id.name
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
        for level in self:
            row = availability.get((level.product_id.id, level.warehouse_id.id), {})
            level.promise_available_qty = row.get("displayed", 0.0)
            level.on_hand_qty = row.get("on_hand", 0.0)
            level.committed_qty = row.get("committed", 0.0)
            level.shortage_qty = row.get("shortage", 0.0)

    def action_explain(self):
        """Show how the available quantity comes about."""
        self.ensure_one()
        return self.env["stock.availability"]._get_explanation_action(
            self.product_id, self.warehouse_id
        )

    @api.depends("product_id", "warehouse_id", "location_id")
    def _compute_display_name(self):
        for level in self:
            level.display_name = (
                f"{level.product_id.display_name} @ {level.scope or ''}"
            )

    # ------------------------------------------------------------------
    # What the level says
    # ------------------------------------------------------------------

    def _get_backorder_policy_holders(self):
        warehouse_wide = self.browse()
        if self.location_id:
            levels = self._get_policies_by_scope(self.product_id, self.location_id)
            levels.pop(
                (self.product_id.id, self.warehouse_id.id, self.location_id.id), None
            )
            warehouse_wide = self._find_deciding_policy(
                levels, self.product_id, self.location_id
            )
        return [self, *warehouse_wide, *self.product_id._get_backorder_policy_holders()]

    def _get_backorder_policy(self, company):
        return super()._get_backorder_policy(self.company_id or company)

    def _get_backorder_limit(self, company):
        return super()._get_backorder_limit(self.company_id or company)

    def _get_backorder_policy_label(self):
        return self.env._("Level %s", self.scope)

    def _get_backorder_policy_products(self):
        return self.product_id

    # ------------------------------------------------------------------
    # Whatever lowers or raises what can be promised
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        levels._on_change()
        return levels

    def write(self, vals):
        before = {
            level: level.safety_stock_quantity + level.safety_stock_percent
            for level in self
        }
        result = super().write(vals)
        self._on_change()
        lowered = self.filtered(
            lambda level: (
                level.safety_stock_quantity + level.safety_stock_percent < before[level]
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
            [(level.product_id.id, level.warehouse_id.id) for level in self]
        )

    def _enqueue_retries(self, what):
        if self:
            self.env["backorder.retry"]._enqueue_waiting(
                self.product_id,
                self.warehouse_id,
                f"{what}: {', '.join(self.mapped('display_name'))}",
            )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrder(models.Model):
    """The warehouse of an order: determined by a mapping, or Odoo's default."""

    _inherit = "sale.order"

    @api.depends("user_id", "company_id", "team_id")
    def _compute_warehouse_id(self):
        """Choose by mapping; without one, set no warehouse in the enforce phase."""
        result = super()._compute_warehouse_id()
        for order in self:
            if order.state in ("draft", "sent") or not order.ids:
                order.warehouse_id = order._get_mapped_warehouse()
        return result

    def _get_mapped_warehouse(self):
        """Return the determined warehouse, or else Odoo's default."""
        certain = self._get_certain_warehouse()
        if certain or self.company_id.promise_phase == "hard":
            return certain
        return self.warehouse_id

    def _get_certain_warehouse(self):
        """Return the warehouse of the first mapping, or the company's only one."""
        for warehouse in self._get_warehouse_mappings():
            if warehouse and warehouse.company_id == self.company_id:
                return warehouse
        return self._get_only_warehouse()

    def _get_warehouse_mappings(self):
        """Return the warehouses of the mappings, highest precedence first.

        The customer's choice, the carrier, the sales channel, the default and the
        salesperson; bridges extend these.
        """
        default = self.env["ir.default"].with_company(self.company_id)
        default_id = default._get_model_defaults("sale.order").get("warehouse_id")
        salesperson = self._get_mapped_salesperson().with_company(self.company_id)
        return [
            *self._get_chosen_warehouses(),
            *self._get_carrier_warehouses(),
            *self._get_channel_warehouses(),
            self.env["stock.warehouse"].browse(default_id),
            salesperson.property_warehouse_id,
        ]

    def _get_chosen_warehouses(self):
        """Return the warehouses chosen by the customer, e.g. a pickup store."""
        return []

    def _get_carrier_warehouses(self):
        """Return the warehouses of the carrier."""
        return []

    def _get_channel_warehouses(self):
        """Return the warehouses of the sales channel, highest precedence first."""
        return [self.team_id.warehouse_id]

    def _get_mapped_salesperson(self):
        """Return the salesperson whose warehouse applies."""
        return self.user_id

    def _get_any_warehouse(self):
        """Return Odoo's default."""
        salesperson = self._get_mapped_salesperson().with_company(self.company_id)
        warehouses = self.env["stock.warehouse"].sudo()
        return salesperson._get_default_warehouse_id() or warehouses.search(
            [("company_id", "=", self.company_id.id)], limit=1
        )

    def _get_only_warehouse(self):
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", self.company_id.id)], limit=2)
        )
        return warehouses if len(warehouses) == 1 else warehouses.browse()

    def _record_ambiguous_warehouse(self):
        """Log once, before the enforce phase, that no mapping chose the warehouse."""
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "order:ambiguous_warehouse",
                    "order": order,
                    "warehouse": order.warehouse_id,
                }
                for order in self
                if order._is_warehouse_ambiguous() and not order._is_decided_on()
            ]
        )

    def _is_decided_on(self):
        """Whether a request for this order is pending or approved."""
        return any(
            request.state in ("pending", "approved")
            for request in self.sudo().override_ids
        )

    def _needs_warehouse_approval(self):
        """Whether the warehouse needs approval: in the approve phase."""
        is_open = self.state in ("draft", "sent") or self.requires_inventory_override
        return (
            is_open
            and self.company_id.promise_phase == "soft"
            and self._is_warehouse_ambiguous()
        )

    def _is_warehouse_ambiguous(self):
        if self.company_id.promise_phase == "hard" or not self.warehouse_id:
            return False
        if self._get_only_warehouse() or any(self._get_warehouse_mappings()):
            return False
        return self.warehouse_id == self._get_any_warehouse()

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrder(models.Model):
    """The warehouse that an order is promised from: chosen for sure, or by chance."""

    _inherit = "sale.order"

    @api.depends("user_id", "company_id", "team_id")
    def _compute_warehouse_id(self):
        """Choose by mapping; where nothing decides, no warehouse at all in hard."""
        result = super()._compute_warehouse_id()
        for order in self:
            if order.state in ("draft", "sent") or not order.ids:
                order.warehouse_id = order._get_mapped_warehouse()
        return result

    def _get_mapped_warehouse(self):
        """Return the warehouse that is certain, or else what chance brings."""
        certain = self._get_certain_warehouse()
        if certain or self.company_id.promise_phase == "hard":
            return certain
        return self.warehouse_id

    def _get_certain_warehouse(self):
        """Return the warehouse of the first mapping that names one, or the only one."""
        for warehouse in self._get_warehouse_mappings():
            if warehouse and warehouse.company_id == self.company_id:
                return warehouse
        return self._get_only_warehouse()

    def _get_warehouse_mappings(self):
        """Return what may name the warehouse, strongest first.

        What the customer chose, what carries the goods, where they are sold, and at
        last whoever sells them; bridges add to one of these each.
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
        """Return what the customer chose himself, as a store to collect from."""
        return []

    def _get_carrier_warehouses(self):
        """Return what the carrier names."""
        return []

    def _get_channel_warehouses(self):
        """Return what the sales channel names, strongest first."""
        return [self.team_id.warehouse_id]

    def _get_mapped_salesperson(self):
        """Return the salesperson whose warehouse counts."""
        return self.user_id

    def _get_any_warehouse(self):
        """Return what Odoo itself would choose."""
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
        """Record once, before the hard phase, that chance chose the warehouse."""
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
        """Whether a request for this order is pending, or was approved."""
        return any(
            request.state in ("pending", "approved")
            for request in self.sudo().override_ids
        )

    def _is_warehouse_asked_for(self):
        """Whether somebody has to approve where the order ships from: in soft."""
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

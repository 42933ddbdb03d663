# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command

from odoo.addons.backorder_atp.tests.common import BackorderCommon


class OpportunityCommon(BackorderCommon):
    """An opportunity that is likely enough, and stock for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.protected, 10)
        cls.protected.write({"list_price": 50, "default_code": "PRO-1"})
        cls.stage = cls._create_stage("Talking")
        cls.won_stage = cls._create_stage("Won", is_won=True, sequence=90)
        cls.lead = cls._create_lead((cls.protected, 4))

    @classmethod
    def _create_stage(cls, name, **values):
        return cls.env["crm.stage"].create({"name": name, "sequence": 50, **values})

    @classmethod
    def _create_lead(cls, *lines, **values):
        probability = values.pop("probability", 50)
        lead = cls.env["crm.lead"].create(
            {
                "name": "Big Deal",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "user_id": cls.users["sales"].id,
                "stage_id": cls.stage.id,
                "line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity})
                    for product, quantity in lines
                ],
                **values,
            }
        )
        lead.probability = probability
        return lead

    def _allocate(self, lead=None, role="sales"):
        lead = lead or self.lead
        self._as(role, lead).action_allocate_stock()
        lead.invalidate_recordset()
        return lead.soft_reservation_ids

    def _quote(self, lead=None):
        """Make the quotation as the button of the opportunity does."""
        action = self._as("sales", lead or self.lead).action_sale_quotations_new()
        orders = self._as("sales", self.env["sale.order"])
        return orders.with_context(**action["context"]).create({})

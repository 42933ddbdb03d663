# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.backorder_atp.tests.common import BackorderCommon


class CarrierCommon(BackorderCommon):
    """Two carriers, and stock to ship."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.express = cls._create_carrier("Express")
        cls.freight = cls._create_carrier("Freight")
        cls._set_stock(cls.protected, 10)

    @classmethod
    def _create_carrier(cls, name):
        product = cls.env["product.product"].create({"name": name, "type": "service"})
        return cls.env["delivery.carrier"].create(
            {
                "name": name,
                "delivery_type": "fixed",
                "fixed_price": 5,
                "product_id": product.id,
                "tracking_url": "https://track.example.com/<shipmenttrackingnumber>",
            }
        )

    @classmethod
    def _map(cls, carrier, warehouse):
        return cls.env["delivery.carrier.warehouse"].create(
            {"carrier_id": carrier.id, "warehouse_id": warehouse.id}
        )

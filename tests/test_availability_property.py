# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import float_round

from .common import BackorderCommon

QUANTITIES = st.integers(min_value=-400, max_value=4000).map(lambda cents: cents / 100)
DEMANDS = st.integers(min_value=1, max_value=2000).map(lambda cents: cents / 100)
KINDS = ("pickable", "inbound", "outbound", "quarantine")


@st.composite
def situations(draw):
    """Stock by kind of location, open demand and supply, and a safety stock."""
    return {
        "stock": draw(
            st.lists(st.tuples(st.sampled_from(KINDS), QUANTITIES), max_size=6)
        ),
        "orders": draw(st.lists(st.tuples(DEMANDS, st.booleans()), max_size=4)),
        "incoming": draw(st.lists(DEMANDS, max_size=2)),
        "inside": draw(st.lists(DEMANDS, max_size=2)),
        "safety_stock": draw(st.integers(min_value=0, max_value=500)) / 100,
        "percent": draw(st.integers(min_value=0, max_value=100)),
    }


@tagged("post_install", "-at_install")
class TestAvailabilityProperty(BackorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.places = {kind: cls._create_place(kind, kind) for kind in KINDS}
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    @settings(
        max_examples=25,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )
    @given(situation=situations())
    def test_every_component_equals_a_naive_recount(self, situation):
        """B1, D1: the statement agrees with a naive recount."""
        product = self._create_product("Any", allow_backorder="yes")
        self._build(product, situation)
        expected = self._recount(situation)
        found = self.availability.get_availability(product, self.warehouse)[
            product.id, self.warehouse.id
        ]
        self.assertEqual({name: found[name] for name in expected}, expected)

    def _build(self, product, situation):
        for kind, quantity in situation["stock"]:
            if quantity:
                self._force_stock(product, quantity, self.places[kind])
        for quantity, in_dozens in situation["orders"]:
            line = {"product_id": product.id, "product_uom_qty": quantity}
            if in_dozens:
                line["product_uom_id"] = self.dozen.id
            self._confirm(line)
        for quantity in situation["incoming"]:
            self._create_receipt(product, quantity)
        for quantity in situation["inside"]:
            self._create_picking(
                self.warehouse.int_type_id, self.stock, self.shelf, (product, quantity)
            )
        self.env["stock.policy"].create(
            {
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "safety_stock_quantity": situation["safety_stock"],
                "safety_stock_percent": situation["percent"],
            }
        )

    def _recount(self, situation):
        def stock(*kinds):
            return sum(
                quantity for kind, quantity in situation["stock"] if kind in kinds
            )

        supply = stock("pickable", "inbound")
        committed = sum(
            quantity * (12 if in_dozens else 1)
            for quantity, in_dozens in situation["orders"]
        )
        incoming = sum(situation["incoming"])
        buffer = situation["safety_stock"] + situation["percent"] / 100 * max(0, supply)
        atp = supply - committed - buffer
        figures = {
            "on_hand": stock(*KINDS),
            "pickable": stock("pickable"),
            "inbound": stock("inbound"),
            "outbound": stock("outbound"),
            "quarantined": stock("quarantine"),
            "committed": committed,
            "reserved_units": committed,
            "incoming": incoming,
            "safety_stock": buffer,
            "atp": atp,
            "displayed": max(0, atp),
            "shortage": max(0, committed - supply),
            "backordered": max(0, committed - stock(*KINDS)),
            "effective": stock(*KINDS) - committed + incoming,
        }
        return {
            name: float_round(value, precision_digits=2) + 0.0
            for name, value in figures.items()
        }

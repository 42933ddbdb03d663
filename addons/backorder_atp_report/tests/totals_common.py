# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A company with orders in every state, and their expected figures."""

from lxml import etree

from odoo.fields import Command, Domain
from odoo.tools.safe_eval import safe_eval

from odoo.addons.backorder_atp.tests.common import SIGNATURE, BackorderCommon


class TotalsCommon(BackorderCommon):
    """All prices are 10; ``short`` and ``held`` list the missing quantities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_warehouse("Second", "SEC")
        cls.saddle, cls.bell, cls.pump = (
            cls._create_product(name, allow_backorder="yes")
            for name in ("Saddle", "Bell", "Pump")
        )
        cls.guarded = cls._create_product("Guarded")
        cls._set_stock(cls.saddle, 3)
        cls._set_stock(cls.pump, 3)
        cls.orders = {}
        #: ``[(order, product, warehouse, quantity, value)]``
        cls.short, cls.held = [], []
        cls._sell_short()
        cls._sell_more()
        cls._sell_undecided()
        cls._put_on_hold()
        cls._sell_what_is_not_backordered()
        cls._sell_elsewhere()
        cls.backordered = cls._get_orders(cls.short) | cls.orders["unmatched part"]
        cls.on_hold = cls._get_orders(cls.held) | cls.orders["unmatched"]
        cls.env.flush_all()

    @classmethod
    def _get_orders(cls, rows):
        return cls.env["sale.order"].union(*(order for order, *_rest in rows))

    @classmethod
    def _sell(cls, name, *lines, **values):
        """Confirm an order of ``(product, quantity)`` each, at a price of 10."""
        order = cls._confirm(
            *(
                {
                    **cls._prepare_line(line),
                    "price_unit": 10,
                    "tax_ids": False,
                }
                for line in lines
            ),
            **{"warehouse_id": cls.warehouse.id, **values},
        )
        cls.orders[name] = order
        return order

    @classmethod
    def _sell_short(cls):
        main, dozen = cls.warehouse, cls.env.ref("uom.product_uom_dozen")
        order = cls._sell("partly", (cls.saddle, 5))
        cls.short.append((order, cls.saddle, main, 2, 20))
        line = {
            "product_id": cls.bell.id,
            "product_uom_qty": 1,
            "product_uom_id": dozen.id,
        }
        order = cls._sell("backordered", (cls.saddle, 4), line)
        cls.short.append((order, cls.saddle, main, 4, 40))
        cls.short.append((order, cls.bell, main, 12, 10))
        order = cls._sell("second warehouse", (cls.bell, 2), warehouse_id=cls.second.id)
        cls.short.append((order, cls.bell, cls.second, 2, 20))
        order = cls._sell("complete", (cls.bell, 6), picking_policy="one")
        cls.short.append((order, cls.bell, main, 6, 60))
        order = cls._sell("split", (cls.pump, 2), (cls.bell, 1))
        child = order.browse(order.split_backorder(True)["backorderOrderId"])
        cls.short.append((child, cls.bell, main, 1, 10))

    @classmethod
    def _sell_more(cls):
        """Add orders for products of other addons to ``short``."""

    @classmethod
    def _sell_undecided(cls):
        """Create a signed order with withheld delivery, and a pending quotation."""
        cls.company.shortage_policy = "pending"
        order = cls._sell("withheld", (cls.guarded, 3), signature=SIGNATURE)
        cls.short.append((order, cls.guarded, cls.warehouse, 3, 30))
        cls._sell("quotation", (cls.guarded, 8))

    @classmethod
    def _put_on_hold(cls):
        main = cls.warehouse
        order = cls._sell("held", (cls.saddle, 7))
        order.action_hold("Needed later")
        cls.held.append((order, cls.saddle, main, 7, 70))
        only_held = cls._create_product("Only Held", allow_backorder="yes")
        order = cls._sell("only held", (only_held, 1))
        order.action_hold("Needed later")
        cls.held.append((order, only_held, main, 1, 10))
        item = {"reference": "ACME-77", "quantity": 2, "price_unit": 9.5}
        items = [Command.create(item)]
        cls._sell("unmatched", unmatched_line_ids=items)
        cls._sell("unmatched part", (cls.pump, 1), unmatched_line_ids=items)

    @classmethod
    def _sell_what_is_not_backordered(cls):
        cls._sell("cancelled", (cls.saddle, 9))._action_cancel()
        delivered = cls._create_product("Delivered")
        cls._set_stock(delivered, 1)
        order = cls._sell("delivered", (delivered, 1))
        cls._validate(order.picking_ids, 1)

    @classmethod
    def _sell_elsewhere(cls):
        """Create orders of a company that the users have no access to."""
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.env.user.company_ids += cls.elsewhere
        env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.elsewhere.ids}
        )
        order = env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.elsewhere.id,
                "order_line": [
                    Command.create({"product_id": cls.bell.id, "product_uom_qty": 50})
                ],
            }
        )
        order.action_confirm()
        assert order.backorder_state == "backordered"
        cls.orders["elsewhere"] = order

    # ------------------------------------------------------------------
    # Expected figures
    # ------------------------------------------------------------------

    def _recount(self, rows, product=None, warehouse=None):
        """Return ``(orders, lines, quantity, value)`` of some ``rows``."""
        own = [
            row
            for row in rows
            if product in (None, row[1]) and warehouse in (None, row[2])
        ]
        return (
            len(self._get_orders(own)),
            len(own),
            sum(row[3] for row in own),
            sum(row[4] for row in own),
        )

    def _get_keys(self, rows):
        return {(product, warehouse) for _order, product, warehouse, *_rest in rows}

    def _open_as(self, role, action, *filters):
        """Return the records that a click opens for a role, with its filters."""
        if isinstance(action, str):
            action = self.env["ir.actions.actions"]._for_xml_id(action)
        context = action["context"]
        if isinstance(context, str):
            context = self._evaluate(context)
        records = self._as(role, self.env[action["res_model"]])
        domain = [*self._evaluate(action.get("domain") or [])]
        names = filters or [
            name.removeprefix("search_default_")
            for name, value in context.items()
            if name.startswith("search_default_") and value
        ]
        view = action.get("search_view_id") or False
        return records.search(
            domain + self._get_filter_domain(records, view and view[0], names)
        )

    def _evaluate(self, text):
        return safe_eval(text) if isinstance(text, str) else text

    def _get_filter_domain(self, records, view_id, names):
        """Combine filters with OR within a group, and AND between groups."""
        arch = etree.fromstring(records.get_view(view_id, "search")["arch"])
        groups, domains = [[]], []
        for node in arch.iter("filter", "separator"):
            if node.tag == "separator":
                groups.append([])
            elif node.get("name") in names and node.get("domain"):
                groups[-1].append(self._evaluate(node.get("domain")))
        for group in filter(None, groups):
            domains.append(Domain.OR(group))
        return list(Domain.AND(domains))

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import os
from contextlib import contextmanager
from unittest.mock import patch

import hypothesis

from odoo.fields import Command
from odoo.tests import Form, TransactionCase, new_test_user

from ..locking import SideCursor, side_pool

ROLES = {
    "viewer": "backorder_atp.group_backorder_viewer",
    "operator": "backorder_atp.group_backorder_operator,stock.group_stock_user",
    "sales": "sales_team.group_sale_salesman_all_leads",
    "manager": "backorder_atp.group_inventory_manager,stock.group_stock_manager",
    "finance": "backorder_atp.group_finance_manager",
}

# The smallest valid image for a signature.
SIGNATURE = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
    )
)


# Use the same examples each time, so that failures are caused by the change.
# HYPOTHESIS_PROFILE=search tries others.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


class BackorderCommon(TransactionCase):
    """A company in the enforce phase, a user of every role, products and stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(side_pool.close_all)
        cls.startClassPatcher(
            patch.object(SideCursor, "_connect", cls._connect_side_cursor)
        )
        cls.company = cls.env["res.company"].create({"name": "Promise Keepers"})
        cls.env.user.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.company = cls.company.with_env(cls.env)
        cls.company.promise_phase = "hard"
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)]
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.stock.id}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Patient Customer"})
        cls.vendor = cls.env["res.partner"].create(
            {"name": "Slow Vendor", "supplier_rank": 1}
        )
        cls.protected = cls._create_product("Protected")
        cls.backorderable = cls._create_product("Backorderable", allow_backorder="yes")
        cls.users = {
            role: cls._create_user(role, groups) for role, groups in ROLES.items()
        }
        cls.availability = cls.env["stock.availability"]
        cls.events = cls.env["backorder.event"]
        cls.retries = cls.env["backorder.retry"]

    @classmethod
    def _connect_side_cursor(cls, _dbname):
        """Return a cursor that sees the test's records, as nothing is committed."""
        return cls.registry.cursor()

    # ------------------------------------------------------------------
    # Creating records
    # ------------------------------------------------------------------

    @classmethod
    def _create_user(cls, role, groups):
        return new_test_user(
            cls.env,
            f"backorder_{role}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "is_storable": True, **values}
        )

    @classmethod
    def _create_bought_to_order(cls):
        """Create a product that is bought for each order."""
        mto = cls.warehouse.mto_pull_id.route_id
        mto.active = True
        return cls._create_product(
            "To Order",
            route_ids=[Command.set((mto | cls.warehouse.buy_pull_id.route_id).ids)],
            seller_ids=[Command.create({"partner_id": cls.vendor.id})],
        )

    @classmethod
    def _create_place(cls, name, kind):
        """Create a location with its own kind inside the stock location."""
        return cls.env["stock.location"].create(
            {
                "name": name,
                "location_id": cls.stock.id,
                "own_availability_kind": kind,
            }
        )

    @classmethod
    def _create_quarantine(cls):
        """Create a quarantine location inside the stock location."""
        return cls._create_place("Cage", "quarantine")

    @classmethod
    def _create_warehouse(cls, name, code, **values):
        return cls.env["stock.warehouse"].create(
            {"name": name, "code": code, "company_id": cls.company.id, **values}
        )

    @classmethod
    def _set_stock(cls, product, quantity, location=None):
        """Set the stock of ``product`` to ``quantity`` by an inventory count."""
        quant = (
            cls.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": product.id,
                    "location_id": (location or cls.stock).id,
                    "inventory_quantity": quantity,
                }
            )
        )
        quant.action_apply_inventory()

    @classmethod
    def _create_order(cls, *lines, **values):
        """Create a quotation from ``(product, quantity)`` pairs or line values."""
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(cls._prepare_line(line)) for line in lines
                ],
                **values,
            }
        )

    @classmethod
    def _prepare_line(cls, line):
        if isinstance(line, dict):
            return line
        product, quantity = line
        return {"product_id": product.id, "product_uom_qty": quantity}

    @classmethod
    def _confirm(cls, *lines, **values):
        order = cls._create_order(*lines, **values)
        order.action_confirm()
        return order

    @classmethod
    def _create_receipt(cls, product, quantity, location=None, **values):
        """Create a planned receipt from a vendor, without a purchase."""
        return cls._create_picking(
            cls.warehouse.in_type_id,
            cls.env.ref("stock.stock_location_suppliers"),
            location or cls.stock,
            (product, quantity),
            **values,
        )

    @classmethod
    def _create_picking(cls, picking_type, source, destination, *lines, **values):
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": destination.id,
                        }
                    )
                    for product, quantity in lines
                ],
                **values,
            }
        )
        picking.action_confirm()
        return picking

    @classmethod
    def _validate(cls, picking, quantity=None):
        """Validate a transfer, with ``quantity`` or with the reserved quantity."""
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        return picking.with_context(skip_backorder=True).button_validate()

    def _move_reservation_to_another_row(self, product, quantity):
        """Reserve on a row without a quantity, as Odoo does beside a locked one."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            WITH locked AS (
                UPDATE stock_quant SET reserved_quantity = reserved_quantity - %s
                 WHERE product_id = %s AND location_id = %s
             RETURNING product_id, location_id, lot_id, company_id, in_date)
            INSERT INTO stock_quant (product_id, location_id, lot_id, company_id,
                                     in_date, reserved_quantity)
            SELECT *, %s FROM locked
            """,
            [quantity, product.id, self.stock.id, quantity],
        )
        self.env.invalidate_all()

    @classmethod
    def _receive(cls, product, quantity, location=None):
        receipt = cls._create_receipt(product, quantity, location)
        cls._validate(receipt, quantity)
        return receipt

    def _return(self, picking):
        """Return the goods of ``picking``; return the return transfer."""
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id,
                active_ids=picking.ids,
                active_model="stock.picking",
            )
        ).save()
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity
        returned = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        returned.action_assign()
        self._validate(returned)
        return returned

    @classmethod
    def _invoice_line(cls, line, quantity):
        """Invoice ``quantity`` of an order line, regardless of deliveries."""
        accounts = {
            account_type: cls.env["account.account"].create(
                {
                    "name": account_type,
                    "code": code,
                    "account_type": account_type,
                    "company_ids": [Command.set(cls.company.ids)],
                }
            )
            for account_type, code in (("income", "700"), ("asset_receivable", "400"))
        }
        cls.customer.property_account_receivable_id = accounts["asset_receivable"]
        journal = cls.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "S",
                "type": "sale",
                "company_id": cls.company.id,
                "default_account_id": accounts["income"].id,
            }
        )
        cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "journal_id": journal.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "quantity": quantity,
                            "sale_line_ids": [Command.set(line.ids)],
                        }
                    )
                ],
            }
        )

    @classmethod
    def _force_stock(cls, product, quantity, location=None):
        """Change stock without any operation and without a retry."""
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.stock, quantity
        )

    def _run_retries(self):
        """Run the scheduled action of retries, without its commits."""
        self.env.cr.flush()
        while entries := self.retries._take_next():
            entries._process_batch()

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _get(self, product, component="atp", warehouse=None):
        warehouse = warehouse or self.warehouse
        return self.availability.get_availability(product, warehouse)[
            product.id, warehouse.id
        ][component]

    def _get_events(self, event_type, **domain):
        return self.events.search(
            [("event_type", "=", event_type)]
            + [
                (name, "=", value.id if hasattr(value, "id") else value)
                for name, value in domain.items()
            ]
        )

    def _get_quants(self, product, location=None):
        return self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", (location or self.stock).id),
            ]
        )

    @contextmanager
    def assertRaisesRegex(self, exception, regex):
        """Like Odoo's ``assertRaises``, roll back what was done before the error."""
        with (
            super().assertRaisesRegex(exception, regex) as caught,
            self.env.cr.savepoint(),
        ):
            yield caught

    def _as(self, role, record):
        return record.with_user(self.users[role]).with_context(
            allowed_company_ids=self.company.ids
        )

    def _open_wizard(self, action):
        return Form.from_action(self.env, action)

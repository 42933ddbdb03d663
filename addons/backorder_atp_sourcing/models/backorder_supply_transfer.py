# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError


@dataclass(frozen=True)
class Transfer:
    """A quantity to bring from one warehouse to another; product's unit."""

    product: models.BaseModel
    source: models.BaseModel
    warehouse: models.BaseModel
    quantity: float
    uncovered: float | None = None


class BackorderSupply(models.AbstractModel):
    """Stock in other warehouses, and transfers of it."""

    _inherit = "backorder.supply"

    # ------------------------------------------------------------------
    # Stock in other warehouses
    # ------------------------------------------------------------------

    @api.model
    def _get_elsewhere(self, products, warehouses):
        """Return the stock that other warehouses of the same company can spare.

        Their own safety stock, demand and soft reservations are deducted.

        :return: ``{(product_id, warehouse_id): [(other warehouse, quantity)]}``,
            the largest quantity first
        """
        others = self._get_company_warehouses(warehouses)
        availability = self.env["stock.availability"].get_availability(
            products, others, components=["displayed"]
        )
        return {
            (product.id, warehouse.id): sorted(
                (
                    (other, quantity)
                    for other in others - warehouse
                    if other.company_id == warehouse.company_id
                    and (quantity := availability[product.id, other.id]["displayed"])
                    > 0
                ),
                key=lambda row: (-row[1], row[0].id),
            )
            for product in products
            for warehouse in warehouses
        }

    def _get_company_warehouses(self, warehouses):
        return (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "in", warehouses.sudo().company_id.ids)])
        )

    # ------------------------------------------------------------------
    # Transfers
    # ------------------------------------------------------------------

    @api.model
    def transfer(self, requests):
        """Create urgent transfers from one warehouse to another.

        They follow the resupply route between the two, if there is one; otherwise an
        internal transfer is created. The promise guard is written for both warehouses,
        so that the stock is not promised elsewhere at the same time.

        :param requests: list of dicts with ``product_id``, ``source_id`` and
            ``warehouse_id`` (``stock.warehouse``), ``quantity`` in the product's
            unit, and optionally ``uncovered``, the uncovered quantity shown to the
            user
        :return: an action that shows the transfers
        :raise AccessError: for users who are not operators, or have no access to a
            company
        :raise UserError: when the source cannot spare that much, or the shortage has
            changed meanwhile
        """
        self._check_operator()
        transfers = [self._read_transfer(request) for request in requests]
        warehouses = self.env["stock.warehouse"].union(
            *(row.source | row.warehouse for row in transfers)
        )
        self._check_warehouses(warehouses)
        with self.env["backorder.event"]._caused_by(f"transfer:{self.env.user.login}"):
            pickings = self.sudo()._transfer(transfers)
        return pickings.with_env(self.env)._get_transfer_action()

    def _read_transfer(self, request):
        warehouses = self.env["stock.warehouse"]
        return Transfer(
            self.env["product.product"].browse(request["product_id"]),
            warehouses.browse(request["source_id"]),
            warehouses.browse(request["warehouse_id"]),
            request["quantity"],
            request.get("uncovered"),
        )

    def _transfer(self, transfers):
        self.env["stock.promise.guard"]._touch(
            [
                (row.product.id, warehouse.id)
                for row in transfers
                for warehouse in (row.source, row.warehouse)
            ]
        )
        self._check_transfers(transfers)
        pickings = self.env["stock.picking"]
        for (source, warehouse), rows in self._group_transfers(transfers).items():
            pickings |= self._create_transfer(source, warehouse, rows)
        return pickings

    def _group_transfers(self, transfers):
        groups = {}
        for row in transfers:
            groups.setdefault((row.source, row.warehouse), []).append(row)
        return groups

    def _check_transfers(self, transfers):
        """Raise an error for transfers that are not possible or no longer needed."""
        spare = self._get_spare(transfers)
        for row in transfers:
            self._check_transfer(row)
            left = spare[row.product, row.source]
            if row.product.uom_id.compare(row.quantity, left) > 0:
                raise UserError(
                    self.env._(
                        "%(place)s can only spare %(left)s %(unit)s of %(product)s."
                        " Reduce the quantity.",
                        place=row.source.name,
                        left=row.product.uom_id.round(left),
                        unit=row.product.uom_id.name,
                        product=row.product.display_name,
                    )
                )
            spare[row.product, row.source] -= row.quantity

    def _check_transfer(self, row):
        if row.product.uom_id.compare(row.quantity, 0) <= 0:
            raise UserError(
                self.env._(
                    "The quantity of %s must be greater than zero.",
                    row.product.display_name,
                )
            )
        if row.source == row.warehouse:
            raise UserError(self.env._("Choose another source warehouse."))
        if row.source.company_id != row.warehouse.company_id:
            raise UserError(
                self.env._(
                    "%(place)s belongs to %(company)s. Use an inter-company sale"
                    " instead.",
                    place=row.source.name,
                    company=row.source.company_id.name,
                )
            )
        if row.uncovered is not None:
            need = self._get_needs(row.product, row.warehouse)[
                row.product.id, row.warehouse.id
            ]
            if row.product.uom_id.compare(need.uncovered, row.uncovered):
                raise UserError(self._get_changed_message(need, need.uncovered))

    def _get_spare(self, transfers):
        """Return ``{(product, warehouse): quantity}`` that may leave."""
        products = self.env["product.product"].union(
            *(row.product for row in transfers)
        )
        sources = self.env["stock.warehouse"].union(*(row.source for row in transfers))
        availability = self.env["stock.availability"].get_availability(
            products, sources, components=["displayed"]
        )
        return {
            (product, source): availability[product.id, source.id]["displayed"]
            for product in products
            for source in sources
        }

    @api.model
    def _bring_back(self, quant, quantity):
        """Return picked goods that no delivery takes to stock.

        :param quant: ``stock.quant`` in an outbound location
        :return: an action that shows the transfer
        """
        self._check_operator()
        warehouse = quant.sudo().location_id.warehouse_id
        self._check_warehouses(warehouse)
        misplaced = dict(quant.sudo().product_id._get_misplaced(warehouse))
        quantity = min(quantity, misplaced.get(quant.sudo(), 0.0))
        if quant.product_id.uom_id.compare(quantity, 0) <= 0:
            raise UserError(
                self.env._(
                    "%(product)s is no longer misplaced in %(place)s.",
                    product=quant.product_id.display_name,
                    place=quant.location_id.display_name,
                )
            )
        row = Transfer(quant.product_id, warehouse, warehouse, quantity)
        with self.env["backorder.event"]._caused_by(f"transfer:{self.env.user.login}"):
            picking = self.sudo()._create_return_to_stock(quant.location_id, row)
        return picking.with_env(self.env)._get_transfer_action()

    def _create_return_to_stock(self, place, row):
        values = self._prepare_internal_transfer(row.source, row.warehouse, [row])
        move = values["move_ids"][0][2]
        for target in (values, move):
            target["location_id"] = place.id
        picking = self.env["stock.picking"].create(values)
        picking.action_confirm()
        picking.move_ids._action_assign()
        self.env["backorder.event"]._log(
            "supply:transfer_created", **self._prepare_transfer_event(row, picking)
        )
        return picking

    # ------------------------------------------------------------------
    # Creating transfers
    # ------------------------------------------------------------------

    def _create_transfer(self, source, warehouse, rows):
        """Create the transfer of ``rows`` and reserve the stock."""
        route = warehouse._get_resupply_route(source)
        create = self._resupply if route else self._create_internal_transfer
        pickings = create(source, warehouse, rows)
        for row in rows:
            self.env["backorder.event"]._log(
                "supply:transfer_created", **self._prepare_transfer_event(row, pickings)
            )
        return pickings

    def _resupply(self, source, warehouse, rows):
        """Let Odoo resupply along the route; return the pickings of every step."""
        reference = self.env["stock.reference"].create(
            {"name": self._get_transfer_origin(rows)}
        )
        route = warehouse._get_resupply_route(source)
        self.env["stock.rule"].run(
            [self._prepare_resupply(row, route, reference) for row in rows]
        )
        moves = self.env["stock.move"].search(
            [("reference_ids", "in", reference.ids)], order="id"
        )
        moves.picking_id.filtered(
            lambda picking: picking.state == "draft"
        ).action_confirm()
        return moves.picking_id

    def _prepare_resupply(self, row, route, reference):
        company = row.warehouse.company_id
        return self.env["stock.rule"].Procurement(
            row.product.with_company(company),
            row.quantity,
            row.product.uom_id,
            row.warehouse.lot_stock_id,
            reference.name,
            reference.name,
            company,
            {
                "company_id": company,
                "warehouse_id": row.warehouse,
                "route_ids": route,
                "reference_ids": reference,
                "date_planned": fields.Datetime.now(),
                "priority": "1",
            },
        )

    def _create_internal_transfer(self, source, warehouse, rows):
        picking = self.env["stock.picking"].create(
            self._prepare_internal_transfer(source, warehouse, rows)
        )
        picking.action_confirm()
        picking.move_ids._action_assign()
        return picking

    def _prepare_internal_transfer(self, source, warehouse, rows):
        places = {
            "location_id": source.lot_stock_id.id,
            "location_dest_id": warehouse.lot_stock_id.id,
        }
        return {
            "picking_type_id": source.int_type_id.id,
            "company_id": source.company_id.id,
            "origin": self._get_transfer_origin(rows),
            "priority": "1",
            **places,
            "move_ids": [
                fields.Command.create(
                    {
                        "product_id": row.product.id,
                        "product_uom_qty": row.quantity,
                        "product_uom": row.product.uom_id.id,
                        **places,
                    }
                )
                for row in rows
            ],
        }

    def _get_transfer_origin(self, rows):
        """Return the names of the orders that need the products."""
        products = self.env["product.product"].union(*(row.product for row in rows))
        lines = products._get_backordered_lines(rows[0].warehouse)
        return self._get_order_names(lines.order_id)

    def _prepare_transfer_event(self, row, pickings):
        return {
            "product": row.product,
            "warehouse": row.warehouse,
            "quantity": row.quantity,
            "payload": {
                "from": row.source.name,
                "to": row.warehouse.name,
                "transfers": pickings.mapped("name"),
            },
        }

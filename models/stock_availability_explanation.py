# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

# Documents shown under a figure; the figure itself opens all of them.
SHOWN_DOCUMENTS = 8


class StockAvailability(models.AbstractModel):
    """The explanation of each figure, down to its records."""

    _inherit = "stock.availability"

    # ------------------------------------------------------------------
    # The waterfall
    # ------------------------------------------------------------------

    @api.model
    def explain(self, product_id, warehouse_ids=None, order_id=None):
        """Return the computation of the available quantity, step by step.

        :param product_id: id of a ``product.product``
        :param warehouse_ids: ids of warehouses; by default all of the user's companies
        :param order_id: id of a ``sale.order`` whose own demand is excluded
        :return: for each warehouse a dict with ``product``, ``warehouse``, ``unit``
            and ``figures``: dicts with ``name``, ``label``, ``quantity`` (signed as
            it counts, in the product's unit), ``is_total`` and ``documents``
        :raise AccessError: for a product, a warehouse or an order that the user may
            not see
        """
        product, order = self._get_explained_records(product_id, order_id)
        warehouses = self._get_explained_warehouses(product, warehouse_ids)
        rows = self.get_availability(product, warehouses, order)
        documents = self._get_documents(product, warehouses, order)
        return [
            self._prepare_explanation(
                product,
                warehouse,
                order,
                rows[product.id, warehouse.id],
                documents,
            )
            for warehouse in warehouses.sudo()
        ]

    def _get_explained_records(self, product_id, order_id=None):
        """Return the product and the order (or none) that a caller names by their ids.

        :raise AccessError: for a product or an order that the user may not see
        """
        product = self.env["product.product"].browse(product_id)
        order = self.env["sale.order"].browse(order_id or [])
        product.check_access("read")
        order.check_access("read")
        return product, order

    def _get_explained_warehouses(self, product, warehouse_ids):
        warehouses = self.env["stock.warehouse"]
        if warehouse_ids:
            return warehouses.browse(warehouse_ids)
        return warehouses.sudo().search(
            [
                (
                    "company_id",
                    "in",
                    (product.sudo().company_id or self.env.companies).ids,
                )
            ]
        )

    def _prepare_explanation(self, product, warehouse, order, row, documents):
        return {
            "product_id": product.id,
            "product": product.display_name,
            "warehouse_id": warehouse.id,
            "warehouse": warehouse.name,
            "order_id": order.id,
            "unit": product.uom_id.name,
            "figures": [
                {
                    "name": name,
                    "label": label,
                    "quantity": sign * row[name],
                    "is_total": name in self._get_totals(),
                    "documents": documents.get((name, warehouse.id), []),
                }
                for name, label, sign in self._get_steps()
                if row[name] or name in self._get_totals()
            ],
        }

    def _get_steps(self):
        """Return ``(component, label, sign)`` in order."""
        return [
            ("on_hand", self.env._("On Hand"), 1),
            ("quarantined", self.env._("In Quarantine"), -1),
            ("outbound", self.env._("Picked for Delivery"), -1),
            ("committed", self.env._("Committed"), -1),
            ("held", self.env._("Soft Reservations"), -1),
            ("safety_stock", self.env._("Safety Stock"), -1),
            ("locked", self.env._("Locked by Discrepancies"), -1),
            ("atp", self.env._("Available to Promise"), 1),
            ("incoming", self.env._("Incoming"), 1),
        ]

    def _get_totals(self):
        return ("on_hand", "atp")

    # ------------------------------------------------------------------
    # Documents under a figure
    # ------------------------------------------------------------------

    def _get_documents(self, product, warehouses, order):
        """Return ``{(component, warehouse_id): documents}``, the soonest first."""
        committed = self._get_committed_documents(product, warehouses, order)
        self._hide_foreign_orders(committed)
        incoming = self._get_incoming_documents(product, warehouses)
        documents = {}
        for name, rows in (("committed", committed), ("incoming", incoming)):
            for row in rows:
                documents.setdefault((name, row["warehouse_id"]), []).append(
                    {
                        "label": row["label"],
                        "quantity": row["quantity"],
                        "date": row["date"] and fields.Date.to_string(row["date"]),
                    }
                )
        return {key: rows[:SHOWN_DOCUMENTS] for key, rows in documents.items()}

    def _hide_foreign_orders(self, rows):
        """Hide the names of orders that the user may not read."""
        orders = self.env["sale.order"].browse(
            {row["order_id"] for row in rows if row["order_id"]}
        )
        readable = set(orders._filtered_access("read").ids)
        for row in rows:
            if row["order_id"] and row["order_id"] not in readable:
                row["label"] = self.env._("Another order")

    def _get_committed_documents(self, products, warehouses, excluded_orders):
        """Return the committed quantity of each order or other document."""
        requested = SQL("= ANY(%s)", self._get_array(products))
        excluded = self._get_exclusion(SQL("move.sale_line_id"), excluded_orders)
        return self._fetch_documents(
            warehouses,
            SQL(
                """
                SELECT rows.product_id, rows.warehouse_id, so.id AS order_id,
                       COALESCE(so.name, picking.name, move.reference, move.origin)
                           AS label,
                       MIN(move.date) AS date, SUM(rows.quantity)::float8 AS quantity
                  FROM (%s) rows
                  JOIN stock_move move ON move.id = rows.id
                  LEFT JOIN stock_picking picking ON picking.id = move.picking_id
                  LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
                  LEFT JOIN sale_order so ON so.id = line.order_id
                 WHERE rows.is_supply
                 GROUP BY rows.product_id, rows.warehouse_id, so.id, 4
                HAVING SUM(rows.quantity) > 0
                 UNION ALL
                SELECT pending.product_id, pending.warehouse_id, so.id, so.name, NULL,
                       SUM(pending.quantity)::float8
                  FROM (%s) pending
                  JOIN sale_order so ON so.id = pending.order_id
                 WHERE pending.warehouse_id = ANY(%s)
                 GROUP BY pending.product_id, pending.warehouse_id, so.id
                 ORDER BY date NULLS FIRST, label
                """,
                self._get_demand_rows(requested, excluded),
                self._get_pending_rows(products, excluded_orders),
                self._get_array(warehouses),
            ),
        )

    def _get_incoming_documents(self, products, warehouses):
        """Return the incoming quantity of each document, the soonest first."""
        return self._fetch_documents(
            warehouses,
            SQL(
                """
                SELECT rows.product_id, rows.warehouse_id,
                       %s AS label,
                       MIN(rows.date) AS date, SUM(rows.quantity)::float8 AS quantity
                  FROM (%s) rows
                  JOIN stock_move move ON move.id = rows.id
                  LEFT JOIN stock_picking picking ON picking.id = move.picking_id
                 GROUP BY rows.product_id, rows.warehouse_id, 3
                 ORDER BY date, label
                """,
                self._get_supply_label(),
                self._get_incoming_rows(SQL("= ANY(%s)", self._get_array(products))),
            ),
        )

    def _get_supply_label(self):
        """Return the name of the document that ``move`` belongs to, as SQL."""
        return SQL("COALESCE(picking.name, move.reference, move.origin)")

    def _fetch_documents(self, warehouses, query):
        self._flush_sources()
        self.env.cr.execute(
            SQL("WITH place AS (%s) %s", self._get_place_query(warehouses), query)
        )
        return self.env.cr.dictfetchall()

    # ------------------------------------------------------------------
    # Records behind a figure
    # ------------------------------------------------------------------

    @api.model
    def get_figure_action(self, name, product_id, warehouse_id, order_id=None):
        """Return the action that shows the records behind a figure.

        :param name: the component, as in :meth:`explain`
        :raise AccessError: see :meth:`explain`
        """
        product, order = self._get_explained_records(product_id, order_id)
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        self._check_warehouse_access(warehouse)
        model, domain = self._get_figure_records(name, product, warehouse, order)
        return {
            "type": "ir.actions.act_window",
            "name": f"{dict(row[:2] for row in self._get_steps())[name]}:"
            f" {product.display_name}",
            "res_model": model,
            "views": [(self._get_figure_view(model), "list"), (False, "form")],
            "domain": domain,
            "context": {"create": False},
        }

    def _get_figure_view(self, model):
        """Return the list view to use if the default one has no quantity."""
        if model != "stock.quant":
            return False
        return self.env.ref("stock.view_stock_quant_tree_simple").id

    def _get_figure_records(self, name, product, warehouse, order):
        """Return ``(model, domain)`` of the records behind the component ``name``."""
        if name in ("on_hand", "quarantined", "outbound", "atp"):
            return "stock.quant", self._get_quant_domain(name, product, warehouse)
        if name == "safety_stock":
            return "stock.policy", [
                ("product_id", "=", product.id),
                ("warehouse_id", "=", warehouse.id),
            ]
        ids = self._get_move_ids(name, product, warehouse, order)
        return "stock.move", [("id", "in", ids)]

    def _get_quant_domain(self, name, product, warehouse):
        domain = [
            ("product_id", "=", product.id),
            ("location_id.warehouse_id", "=", warehouse.id),
            ("location_id.usage", "in", ("internal", "transit")),
            *self.env["stock.quant"]._get_promise_domain(warehouse.sudo().company_id),
        ]
        kinds = {
            "quarantined": ["quarantine"],
            "outbound": ["outbound"],
            "atp": ["pickable", "inbound"],
        }.get(name)
        if kinds:
            domain.append(("location_id.availability_kind", "in", kinds))
        return domain

    def _get_move_ids(self, name, product, warehouse, order):
        requested = SQL("= ANY(%s)", self._get_array(product))
        if name == "incoming":
            rows = self._get_incoming_rows(requested)
        else:
            excluded = self._get_exclusion(SQL("move.sale_line_id"), order)
            rows = SQL(
                "SELECT id FROM (%s) rows WHERE is_supply AND quantity > 0",
                self._get_demand_rows(requested, excluded),
            )
        return [
            row["id"]
            for row in self._fetch_documents(
                warehouse, SQL("SELECT id FROM (%s) found", rows)
            )
        ]

    # ------------------------------------------------------------------
    # Dialog
    # ------------------------------------------------------------------

    @api.model
    def _get_explanation_action(self, product, warehouses=None, order=None):
        """Return the action that opens the explanation in a dialog."""
        return {
            "type": "ir.actions.client",
            "tag": "backorder_atp.explanation",
            "name": self.env._("Available to Promise: %s", product.display_name),
            "target": "new",
            "params": {
                "product_id": product.id,
                "warehouse_ids": warehouses.ids if warehouses else None,
                "order_id": order.id if order else None,
            },
        }

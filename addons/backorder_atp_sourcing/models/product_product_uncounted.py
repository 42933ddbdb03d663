# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProductProduct(models.Model):
    """Supply that does not count, with the reason."""

    _inherit = "product.product"

    def _get_uncounted_supply(self, warehouses):
        """Return supply of these products that does not count.

        Extend :meth:`_get_uncounted_kinds` to find more.

        :param warehouses: the ``stock.warehouse`` records that are short
        :return: list of dicts with ``product`` and ``warehouse``, ``kind``,
            ``quantity`` in the product's unit, ``date``, ``reason`` for the
            user and ``record``, the document that resolves it
        """
        if not self or not warehouses:
            return []
        return [
            {"kind": kind, **row}
            for kind, method in self._get_uncounted_kinds().items()
            for row in method(warehouses)
        ]

    def _get_uncounted_kinds(self):
        """Return ``{kind: method}``, in the order in which they are shown."""
        return {
            "late": self._get_late_supply,
            "misplaced": self._get_misplaced_supply,
            "consigned": self._get_consigned_supply,
            "quarantine": self._get_quarantined_supply,
            "company": self._get_foreign_supply,
        }

    # ------------------------------------------------------------------
    # Incoming
    # ------------------------------------------------------------------

    def _get_late_supply(self, warehouses):
        """Overdue supply: it counts as incoming, but its date has passed."""
        today = fields.Date.context_today(self)
        return [
            {
                **self._prepare_uncounted(row, self._get_supply_document(row)),
                "reason": self.env._(
                    "The expected date has passed. Ask for a new date."
                ),
            }
            for row in self.env["backorder.supply"]._get_open_supply(self, warehouses)
            if row["kind"] != "request" and row["date"].date() < today
        ]

    def _get_supply_document(self, row):
        """Return the document that an open supply belongs to."""
        return self.env["stock.move"].sudo().browse(row["move_id"]).picking_id

    def _prepare_uncounted(self, row, record):
        return {
            "product": self.browse(row["product_id"]),
            "warehouse": self.env["stock.warehouse"].browse(row["warehouse_id"]),
            "quantity": row["quantity"],
            "date": row["date"],
            "record": record,
        }

    # ------------------------------------------------------------------
    # Stock
    # ------------------------------------------------------------------

    def _get_quarantined_supply(self, warehouses):
        """Stock in quarantine locations of these warehouses."""
        quants = self._search_stock(warehouses, ["quarantine"])
        return [
            {
                "product": quant.product_id.with_env(self.env),
                "warehouse": quant.location_id.warehouse_id.with_env(self.env),
                "quantity": quant.quantity,
                "date": False,
                "reason": self.env._(
                    "In quarantine: move it to a pickable location once it is released."
                ),
                "record": quant,
            }
            for quant in quants
        ]

    def _get_misplaced_supply(self, warehouses):
        """Stock that was picked, but that no open transfer takes."""
        reason = self.env._("Picked, but no delivery takes it. Return it to stock.")
        return [
            {
                "product": quant.product_id.with_env(self.env),
                "warehouse": quant.location_id.warehouse_id.with_env(self.env),
                "quantity": quantity,
                "date": False,
                "reason": reason,
                "record": quant,
            }
            for quant, quantity in self._get_misplaced(warehouses)
        ]

    def _get_consigned_supply(self, warehouses):
        """Stock in these warehouses that another owner has."""
        quants = self._search_stock(
            warehouses, ["pickable", "inbound"], [("owner_id", "!=", False)]
        )
        return [
            {
                "product": quant.product_id.with_env(self.env),
                "warehouse": quant.location_id.warehouse_id.with_env(self.env),
                "quantity": quant.quantity,
                "date": False,
                "reason": self.env._("Owned by %s.", quant.owner_id.display_name),
                "record": quant,
            }
            for quant in quants
            if not quant._is_owner_promised()
        ]

    def _get_foreign_supply(self, warehouses):
        """Stock of the user's other companies, available by an inter-company sale."""
        foreign = self.env.user.company_ids - warehouses.sudo().company_id
        others = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "in", foreign.ids)])
        )
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(self, others, components=["displayed"])
        )
        return [
            {
                "product": product,
                "warehouse": other,
                "quantity": availability[product.id, other.id]["displayed"],
                "date": False,
                "reason": self.env._(
                    "Owned by %s. Use an inter-company sale.",
                    other.company_id.name,
                ),
                "record": other,
            }
            for product in self
            for other in others
            if availability[product.id, other.id]["displayed"] > 0
        ]

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class StockQuant(models.Model):
    """Which stock may be promised: one definition for counting and reserving.

    Availability, retries, soft reservations and proposals count in SQL; reservation
    searches with a domain. Always extend both.
    """

    _inherit = "stock.quant"

    def _get_promise_condition(self, stock):
        """Return the SQL condition for stock that may be promised.

        It is the company's, or a vendor's if the company allows it. ``place`` is
        the location of the row, with its ``warehouse_id``.

        :param stock: alias of a table with ``product_id``, ``lot_id`` and
            ``owner_id``: quants, or the lines of a transfer that take from them
        """
        return self._get_owner_condition(stock)

    def _get_owner_condition(self, stock):
        """Return the SQL condition for owners whose stock may be promised."""
        return SQL(
            """(%(owner)s IS NULL OR EXISTS (
                    SELECT FROM stock_warehouse warehouse
                      JOIN res_company company ON company.id = warehouse.company_id
                      JOIN res_partner owner ON owner.id = %(owner)s
                     WHERE warehouse.id = place.warehouse_id
                       AND (owner.id = company.partner_id
                            OR company.promise_vendor_stock AND owner.supplier_rank > 0)
               ))""",
            owner=SQL.identifier(stock, "owner_id"),
        )

    def _is_owner_promised(self):
        """Whether stock of this owner may be promised in its location."""
        domain = self._get_owner_domain(self.location_id._get_promise_company())
        return bool(self.sudo().filtered_domain(domain))

    def _get_promise_domain(self, company, moment=None):
        """Return the domain of the stock that ``company`` may promise.

        :param moment: when the goods are to leave; now, if not given
        """
        return self._get_owner_domain(company)

    def _get_owner_domain(self, company):
        domain = Domain("owner_id", "in", [False, company.sudo().partner_id.id])
        if company.sudo().promise_vendor_stock:
            domain |= Domain("owner_id.supplier_rank", ">", 0)
        return domain

    def _flush_promise_condition(self):
        """Flush the fields that the SQL condition reads."""
        self.env["stock.quant"].flush_model(
            [
                "product_id",
                "location_id",
                "lot_id",
                "owner_id",
                "quantity",
                "reserved_quantity",
            ]
        )
        self.env["res.company"].flush_model(["partner_id", "promise_vendor_stock"])
        self.env["res.partner"].flush_model(["supplier_rank"])

    def _get_gather_domain(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
    ):
        """Exclude stock that may not be promised, for moves that serve a demand.

        Quarantine is excluded for all moves, unless they start there.
        """
        domain = super()._get_gather_domain(
            product_id, location_id, lot_id, package_id, owner_id, strict
        )
        if strict or location_id._get_promise_company().promise_phase == "dark":
            return domain
        kinds = ("quarantine",)
        if moment := self.env.context.get("promisable_on"):
            domain &= self._get_promise_domain(
                location_id._get_promise_company(), fields.Datetime.to_datetime(moment)
            )
            if location_id.availability_kind == "pickable":
                kinds = ("quarantine", "inbound", "outbound")
        if left_out := location_id._get_ids_inside(kinds):
            domain &= Domain("location_id", "not in", left_out)
        return domain

    def _schedule_bringing_back(self, quantity):
        """Ask the responsible to return ``quantity`` of this to stock."""
        company = self.location_id._get_promise_company()
        user = company._get_backorder_responsible()
        template = self.product_id.product_tmpl_id.sudo()
        activity_type = "backorder_atp.mail_activity_type_alert"
        summary = self.env._("Misplaced: return to stock")
        if not user or template.activity_search(
            [activity_type],
            user_id=user.id,
            additional_domain=[("summary", "=", summary)],
        ):
            return
        template.activity_schedule(
            activity_type,
            user_id=user.id,
            summary=summary,
            note=self.env._(
                "%(quantity)s %(unit)s in %(place)s are no longer needed by any"
                " delivery or production. Use Find Stock to return them to stock.",
                quantity=self.product_id.uom_id.round(quantity),
                unit=self.product_id.uom_id.name,
                place=self.location_id.display_name,
            ),
        )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

REPLENISH_ACTIVITY = "backorder_atp.mail_activity_type_replenish"


class StockQuant(models.Model):
    """The activity to replenish a product that is below zero."""

    _inherit = "stock.quant"

    @api.model
    def _handle_backordered(self, rows):
        """Ask the responsible of each product to replenish; extend to do more."""
        for row in rows:
            product = self.env["product.product"].browse(row["product_id"]).sudo()
            company = self._get_row_company(row)
            user = product.with_company(company).responsible_id or (
                company._get_backorder_responsible()
            )
            if user:
                self._schedule_backordered(
                    product, user, self._get_place_name(row), row
                )

    def _schedule_backordered(self, product, user, place, row):
        template = product.product_tmpl_id
        note = self.env._(
            "The stock in %(place)s is %(balance)s %(unit)s.",
            place=place,
            balance=product.uom_id.round(row["balance"]),
            unit=product.uom_id.name,
        )
        activity = template.activity_search([REPLENISH_ACTIVITY], user_id=user.id)
        if activity:
            activity[0].note = note
        else:
            template.activity_schedule(
                REPLENISH_ACTIVITY,
                summary=self.env._("Negative stock: replenish"),
                note=note,
                user_id=user.id,
            )

    @api.model
    def _end_replenishing(self):
        """Remove the activities of products that are below zero nowhere any more."""
        activities = self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", self.env.ref(REPLENISH_ACTIVITY).id),
                ("res_model", "=", "product.template"),
            ]
        )
        if not activities:
            return
        below_zero = self.search(
            [
                ("product_id.product_tmpl_id", "in", activities.mapped("res_id")),
                ("location_id.usage", "in", ("internal", "transit")),
                ("quantity", "<", 0),
            ]
        )
        needed = below_zero.filtered(
            lambda quant: quant.product_uom_id.compare(quant.quantity, 0) < 0
        )
        activities.filtered(
            lambda activity: activity.res_id not in needed.product_tmpl_id.ids
        ).unlink()

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class BackorderSupply(models.AbstractModel):
    """Purchases of the scheduled action."""

    _inherit = "backorder.supply"

    @api.model
    def _cron_buy(self):
        """Create emergency purchases for the companies with the setting.

        One transaction for each company; on a conflict with a concurrent purchase it
        is rolled back and retried.
        """
        companies = (
            self.env["res.company"]
            .sudo()
            .search(
                [
                    "|",
                    ("backorder_auto_purchase", "=", True),
                    ("backorder_replenish", "=", True),
                ]
            )
        )
        cron = self.env.ref("backorder_atp_purchase.ir_cron_buy").sudo()
        companies._work_off("purchase", self._buy_for_company, cron._trigger)

    @api.model
    def _buy_for_company(self, company):
        self._buy_uncovered(self._get_needs_to_buy(company))

    def _get_needs_to_buy(self, company):
        """Return the needs to buy automatically: all, or those with negative stock."""
        needs = self._get_company_needs(company)
        if company.backorder_auto_purchase:
            return needs
        negative = self._get_negative_keys(needs)
        return [need for need in needs if need.key in negative]

    def _get_negative_keys(self, needs):
        """Return the keys of the needs with negative stock."""
        availability = self.env["stock.availability"].get_availability(
            self.env["product.product"].union(*(need.product for need in needs)),
            self.env["stock.warehouse"].union(*(need.warehouse for need in needs)),
            components=["pickable", "inbound"],
        )
        return {key for key, parts in availability.items() if sum(parts.values()) < 0}

    @api.model
    def _buy_uncovered(self, needs):
        """Buy those of ``needs`` that can be bought; alerts report the others.

        :return: the purchase lines
        """
        keys = [need.key for need in needs if need.to_buy > 0]
        if not keys:
            return self.env["purchase.order.line"]
        self.env["stock.promise.guard"]._touch(keys)
        with self.env["backorder.event"]._caused_by("emergency-purchase:schedule"):
            return self._buy_each(keys)

    def _buy_each(self, keys):
        """Buy each product; failures are reported without stopping the others."""
        bought = self.env["purchase.order.line"]

        def buy(products):
            nonlocal bought
            own = [key for key in keys if key[0] in products.ids]
            proposals = [self._propose(need) for need in self._get_needs_of(own)]
            bought |= self._purchase([row for row in proposals if not row.obstacle])

        products = self.env["product.product"].browse({key[0] for key in keys})
        self.env["backorder.failure"]._work_on_each("purchase", products, buy)
        return bought.exists()

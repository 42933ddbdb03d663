# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.fields import Domain

AVAILABILITY_KINDS = [
    ("pickable", "Pickable: orders are picked here"),
    ("inbound", "Inbound: received, not yet put away"),
    ("outbound", "Outbound: picked for a delivery"),
    ("quarantine", "Quarantine: never promised"),
]
# Fields that affect the kind of a location and of its sublocations.
KIND_FIELDS = {"own_availability_kind", "availability_kind", "location_id"}


class StockLocation(models.Model):
    _inherit = "stock.location"

    own_availability_kind = fields.Selection(
        AVAILABILITY_KINDS,
        "Own Kind of Location",
        help="Leave empty to use the kind of the parent location.",
    )
    availability_kind = fields.Selection(
        AVAILABILITY_KINDS,
        "Kind of Location",
        compute="_compute_availability_kind",
        inverse="_inverse_availability_kind",
        store=True,
        recursive=True,
        help="How the stock here counts when orders are promised. Sublocations inherit"
        " the kind unless they have their own.",
    )

    # Reservations exclude locations by kind; few rows have one of these kinds.
    _unpickable_idx = models.Index(
        "(parent_path) WHERE availability_kind IN ('inbound', 'outbound', 'quarantine')"
    )

    @api.depends("own_availability_kind", "location_id.availability_kind")
    def _compute_availability_kind(self):
        for location in self:
            location.availability_kind = (
                location.own_availability_kind
                or location.location_id.availability_kind
                or "pickable"
            )

    def _inverse_availability_kind(self):
        for location in self:
            location.own_availability_kind = location.availability_kind

    def write(self, vals):
        result = super().write(vals)
        if KIND_FIELDS & vals.keys():
            self.env.registry.clear_cache()
            self._enqueue_availability_kind()
        return result

    def _enqueue_availability_kind(self):
        """Enqueue retries if stock has become pickable."""
        inside = self.with_context(active_test=False).search(
            Domain("id", "child_of", self.ids)
            & Domain("availability_kind", "=", "pickable")
        )
        products = (
            self.env["stock.quant"]
            .sudo()
            .search([("location_id", "in", inside.ids), ("quantity", ">", 0)])
            .product_id
        )
        if products:
            self.env["backorder.retry"]._enqueue_backordered(
                products,
                inside.warehouse_id,
                f"location:{', '.join(self.mapped('display_name'))}",
            )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def _get_owning_company(self):
        """Return the company of the stock here; none between two companies."""
        self.ensure_one()
        return self.company_id.sudo() or self.sudo().warehouse_id.company_id

    @tools.ormcache("self.id", "kinds")
    def _get_ids_inside(self, kinds):
        """Return the ids of sublocations of these kinds, unless this is one."""
        if self.availability_kind in kinds:
            return ()
        inside = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("parent_path", "=like", f"{self.parent_path}%"),
                    ("availability_kind", "in", kinds),
                ]
            )
        )
        return tuple(inside.ids)

    def _get_promise_company(self):
        """Return the company that promises the stock here."""
        company = self.warehouse_id.company_id or self.company_id
        return (company or self.env.company).sudo()

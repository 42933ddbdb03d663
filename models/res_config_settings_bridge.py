# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

# The apps that affect availability, and the addon that supports each.
BRIDGES = {
    "mrp_subcontracting": "backorder_atp_mrp_subcontracting",
    "point_of_sale": "backorder_atp_point_of_sale",
    "product_expiry": "backorder_atp_product_expiry",
    "purchase_stock": "backorder_atp_purchase",
    "repair": "backorder_atp_repair",
    "sale_mrp": "backorder_atp_mrp",
    "website_sale_stock": "backorder_atp_website_sale",
}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    missing_bridges = fields.Text(compute="_compute_missing_bridges")

    @api.depends("company_id")
    def _compute_missing_bridges(self):
        names = self._get_missing_bridges()
        message = self.env._(
            "These apps are installed without the addon that supports them: %s. Kits"
            " are not checked, operations of the other apps may be refused, and"
            " stock may be promised twice. Add the folder “addons” to the addons"
            " path, update the list of apps, and install the addons.",
            ", ".join(names),
        )
        for settings in self:
            settings.missing_bridges = message if names else False

    @api.model
    def _get_missing_bridges(self):
        """Return the names of the apps without their bridge, and of the bridge."""
        modules = self.env["ir.module.module"].sudo()
        installed = modules.search(
            [
                ("name", "in", [*BRIDGES, *BRIDGES.values()]),
                ("state", "in", ("installed", "to upgrade", "to install")),
            ]
        )
        names = set(installed.mapped("name"))
        return [
            f"{app.shortdesc} ({BRIDGES[app.name]})"
            for app in installed
            if app.name in BRIDGES and BRIDGES[app.name] not in names
        ]

    def set_values(self):
        self._check_features()
        return super().set_values()

    def _check_features(self):
        """Refuse a box whose addon is not there: Odoo would ignore it.

        :raise UserError: names the boxes
        """
        modules = self.env["ir.module.module"].sudo()
        missing = [
            field.string
            for name, field in self._fields.items()
            if name.startswith("module_")
            and field._module == "backorder_atp"
            and self[name]
            and not modules._get(name.removeprefix("module_"))
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%s cannot be installed: the addons path lacks the folder “addons”"
                    " of this app. Add it, restart Odoo, and update the list of apps.",
                    ", ".join(missing),
                )
            )

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

from PIL import Image, ImageDraw, ImageFont

from odoo import api, models
from odoo.tools.misc import file_path

from .backorder_demo import all_or_nothing

FONT = "web/static/src/libs/fontawesome/fonts/fontawesome-webfont.ttf"
SIZE = 512
# Icon and colour of the products of each category.
PICTURES = {
    "drivetrain": ("\uf085", "#3d5a80"),
    "wheels": ("\uf192", "#5f6b6d"),
    "brakes": ("\uf28e", "#9b2226"),
    "cockpit": ("\uf206", "#386641"),
    "ebike": ("\uf0e7", "#bc6c25"),
    "lights": ("\uf0eb", "#b08900"),
    "bags": ("\uf0b1", "#6d597a"),
    "camping": ("\uf1bb", "#2d6a4f"),
    "workshop": ("\uf0ad", "#495057"),
}


class BackorderDemoPicture(models.AbstractModel):
    """Draws a picture for each product that has none."""

    _name = "backorder.demo.picture"
    _inherit = "backorder.demo"
    _description = "Backorder Demo Pictures"

    @api.model
    @api.private
    @all_or_nothing
    def build_pictures(self):
        font = ImageFont.truetype(file_path(FONT), SIZE // 2)
        for name, (icon, colour) in PICTURES.items():
            templates = self.env["product.template"].search(
                [
                    ("categ_id", "=", self._get(f"category_{name}").id),
                    ("image_1920", "=", False),
                ]
            )
            templates.image_1920 = self._draw(icon, colour, font)

    def _draw(self, icon, colour, font):
        """Return a PNG picture, in base64."""
        picture = Image.new("RGB", (SIZE, SIZE), colour)
        center = (SIZE // 2, SIZE // 2)
        ImageDraw.Draw(picture).text(center, icon, "white", font, anchor="mm")
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        return base64.b64encode(buffer.getvalue())

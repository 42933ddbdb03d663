# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import re

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# A reference and a number, which may have a currency or a percent sign with it.
ROW = (
    r'^"?(?P<code>[^{0}]+?)"?\s*{1}\s*"?[^\w\s+-]?\s*'
    r"(?P<value>[+-]?\d[\d.,']*)\s*(?P<rest>%|[^\d\s\"]{{0,3}})\"?$"
)
# Separated by tab or semicolon, else by space, else by comma (also a decimal comma).
ROW_PATTERNS = [
    re.compile(ROW.format(*separator))
    for separator in ((r"\t", r"\t"), (";", ";"), (r"\t;", r",?\s"), (r"\t;,", ","))
]
# Long runs of white space only separate columns, but make the patterns slow.
WIDE_SPACE = re.compile(r"\s{9,}")


class CustomerPriceUpdate(models.TransientModel):
    """Read prices from a spreadsheet, pasted or as a CSV file."""

    _inherit = "customer.price.update"

    pasted_prices = fields.Text(
        help="One product per line: its internal reference or barcode, then its price,"
        " or its discount with a percent sign.",
    )
    price_file = fields.Binary("File (CSV)")
    price_file_name = fields.Char()

    def action_read_prices(self):
        """Propose the pasted or uploaded prices for review.

        :raise UserError: naming each line that cannot be read and each unknown
            product, and when prices and discounts are mixed
        """
        self.ensure_one()
        rows = self._read_rows()
        is_discount = self._get_kind_of(rows)
        key = "discountPercentage" if is_discount else "customerPrice"
        updates = [{"sku": code, key: value} for code, value, _is_percent in rows]
        checked = self.partner_id._check_price_updates(
            self.partner_id._find_priced_products(updates)
        )
        self.write(
            {
                "method": "discount" if is_discount else "price",
                "pasted_prices": False,
                "price_file": False,
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "product_id": product.id,
                                "discount" if is_discount else "price": update[key],
                            }
                        )
                        for product, update in checked.items()
                    ),
                ],
            }
        )
        return self.partner_id._open_price_update(self)

    def action_apply(self):
        """Show pasted prices for review before they are applied."""
        if self.pasted_prices or self.price_file:
            return self.action_read_prices()
        return super().action_apply()

    def _read_rows(self):
        """Return ``[(reference, value, whether it is a percentage)]``."""
        rows, errors = [], []
        for number, text in enumerate(self._get_lines(), start=1):
            row = self._read_row(text)
            if row:
                rows.append(row)
            elif number > 1:  # the first line may be a header
                errors.append(
                    self.env._("• line %(number)s: %(text)s", number=number, text=text)
                )
        if errors:
            raise UserError(
                "\n".join(
                    [
                        self.env._(
                            "Enter a reference and a number on each line. These lines"
                            " cannot be read:"
                        ),
                        *errors,
                    ]
                )
            )
        if not rows:
            raise UserError(
                self.env._(
                    "Paste or upload a reference and a price on each line, or a"
                    " discount with a percent sign."
                )
            )
        return rows

    def _get_lines(self):
        text = self.pasted_prices or ""
        if self.price_file:
            content = base64.b64decode(self.price_file)
            try:
                text = f"{content.decode('utf-8-sig')}\n{text}"
            except UnicodeDecodeError:
                text = f"{content.decode('latin-1')}\n{text}"
        return [line.strip() for line in text.splitlines() if line.strip()]

    def _read_row(self, text):
        """Return one row, or None without a number after the reference."""
        text = WIDE_SPACE.sub(self._narrow_space, text)
        for pattern in ROW_PATTERNS:
            found = pattern.match(text)
            number = found and self._read_number(found["value"])
            if number is not None and found:
                return found["code"].strip(), number, "%" in found["rest"]
        return None

    def _narrow_space(self, space):
        return "\t" if "\t" in space[0] else " "

    def _read_number(self, text):
        """Return the number, written with a decimal point or comma."""
        digits = re.sub(r"[\s']", "", text)
        decimal = max(digits.rfind("."), digits.rfind(","))
        if decimal >= 0:
            whole = re.sub(r"[.,]", "", digits[:decimal])
            digits = f"{whole}.{digits[decimal + 1 :]}"
        try:
            return float(digits)
        except ValueError:
            return None

    def _get_kind_of(self, rows):
        """Return whether these are discounts rather than prices."""
        kinds = {is_percent for _code, _value, is_percent in rows}
        if len(kinds) > 1:
            raise UserError(self.env._("Enter either prices or discounts, not both."))
        return kinds.pop()

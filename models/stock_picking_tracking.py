# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..transaction import TransactionVar

# Notes about tracked changes to be written together; None while there are none.
NOTES = TransactionVar()
NOTE_VALUES = {"body", "author_id", "tracking_value_ids"}


class StockPicking(models.Model):
    """Notes about the changed status of many transfers are written together.

    An arrival changes that of many deliveries at once. Odoo writes a message for each
    of them, and its values, one after the other.
    """

    _inherit = "stock.picking"

    def _message_track(self, fields_iter, initial_values_dict):
        if len(self) < 2:
            return super()._message_track(fields_iter, initial_values_dict)
        with NOTES.setting(self.env.cr, []) as notes:
            result = super()._message_track(fields_iter, initial_values_dict)
        self._write_notes(notes)
        return result

    def _message_log(self, **values):
        notes = NOTES.get(self.env.cr)
        if notes is None or values.keys() - NOTE_VALUES:
            return super()._message_log(**values)
        notes.append((self, values))
        return self.env["mail.message"]

    def _write_notes(self, notes):
        """Write ``[(transfer, values of _message_log)]``, author by author."""
        by_author = {}
        for picking, values in notes:
            by_author.setdefault(values.get("author_id"), []).append((picking, values))
        for author_id, own in by_author.items():
            messages = self.browse(
                picking.id for picking, _values in own
            )._message_log_batch(
                {picking.id: values.get("body", "") for picking, values in own},
                author_id=author_id,
            )
            self.env["mail.tracking.value"].sudo().create(
                [
                    {**vals, "mail_message_id": message.id}
                    for message, (_picking, values) in zip(messages, own, strict=True)
                    for _create, _id, vals in values.get("tracking_value_ids") or ()
                ]
            )

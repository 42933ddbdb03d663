# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class BackorderLogVerification(models.TransientModel):
    """Check whether the log was changed."""

    _name = "backorder.log.verification"
    _inherit = "backorder.wizard.mixin"
    _description = "Verify the Backorder Log"

    noted_sequence = fields.Integer(
        "Recorded Seal",
        help="The number of a seal of this company that you recorded earlier,"
        " outside this database.",
    )
    noted_hash = fields.Char("Hash of the Recorded Seal")
    is_whole = fields.Boolean(readonly=True)
    report = fields.Text("Result", readonly=True)

    def action_verify(self):
        """Verify the log of the chosen companies, and show the result."""
        self.ensure_one()
        results = self.env["backorder.event"].verify_log(self._get_noted())
        self.write(
            {
                "is_whole": all(result["isWhole"] for result in results),
                "report": "\n\n".join(map(self._describe, results)),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verify the Log"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_noted(self):
        if not self.noted_sequence and not self.noted_hash:
            return []
        if not self.noted_sequence or not self.noted_hash:
            raise UserError(
                self.env._("Enter both the number of the seal and its hash.")
            )
        return [
            {
                "companyId": self.env.company.id,
                "sequence": self.noted_sequence,
                "hash": self.noted_hash,
            }
        ]

    def _describe(self, result):
        """Return the result for one company as text."""
        lines = [self._get_headline(result)]
        lines += (f"• {fault['message']}" for fault in result["faults"])
        if result["lastSequence"]:
            lines.append(
                self.env._(
                    "Last seal: %(sequence)s, %(hash)s. Record it outside this"
                    " database to verify it later.",
                    sequence=result["lastSequence"],
                    hash=result["lastHash"],
                )
            )
        if result["unsealedCount"]:
            lines.append(
                self.env._("Entries not sealed yet: %s.", result["unsealedCount"])
            )
        return "\n".join(lines)

    def _get_headline(self, result):
        if result["isWhole"]:
            return self.env._(
                "%(company)s: all %(count)s sealed entries are unchanged.",
                company=result["company"],
                count=result["sealedCount"],
            )
        return self.env._(
            "%(company)s: the log was changed. The first difference:",
            company=result["company"],
        )

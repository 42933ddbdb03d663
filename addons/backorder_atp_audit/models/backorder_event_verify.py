# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from itertools import islice

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .backorder_event_seal import get_seal_hash

LOG_ACTIVITY = "backorder_atp_audit.mail_activity_type_log"
# Maximum number of faults reported for a company.
NAMED_FAULTS = 20
# Number of seals or archived lines that are read at a time.
VERIFY_BATCH = 10000


class BackorderEvent(models.Model):
    """Verification of the log and of its archived months."""

    _inherit = "backorder.event"

    # ------------------------------------------------------------------
    # Interface
    # ------------------------------------------------------------------

    @api.model
    def verify_log(self, noted=None):
        """Check that no entry was changed, deleted or inserted.

        Covers the user's companies, including their archived months.

        :param noted: ``[{"companyId", "sequence", "hash"}]``: seals that were recorded
            earlier outside this database, to detect a chain that was rewritten as a
            whole
        :return: ``[{"companyId", "company", "isWhole", "sealedCount",
            "unsealedCount", "lastSequence", "lastHash", "faults": [{"sequence",
            "entryId", "kind", "message"}]}]``: the first faults of each company, in the
            order of the chain
        :raise AccessError: for users who are not administrators
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can verify the log."))
        results = []
        for company in self.env.companies:
            own = [note for note in noted or () if note["companyId"] == company.id]
            result = self.sudo()._verify(company, own)
            self._log_verification(company, result)
            results.append(result)
        return results

    @api.model
    def _log_verification(self, company, result):
        keys = ("sealedCount", "lastSequence", "lastHash")
        self._log(
            "log:verified" if result["isWhole"] else "log:broken",
            company=company,
            reason=result["faults"][0]["message"] if result["faults"] else False,
            payload={
                **{key: result[key] for key in keys},
                "faults": self._get_fault_keys(result),
            },
        )

    @api.model
    def _get_fault_keys(self, result):
        """Return the faults without their messages, which depend on the language."""
        return [
            [fault["kind"], fault["sequence"], fault["entryId"]]
            for fault in result["faults"]
        ]

    @api.model
    def _cron_verify(self):
        """Verify the log of each company; notify the administrators of faults."""
        companies = self.env["res.company"].sudo().search([])
        companies._work_off("verify", self.sudo()._verify_and_alert)

    @api.model
    def _verify_and_alert(self, company):
        result = self._verify(company)
        if result["isWhole"] or self._is_known_broken(company, result):
            return
        self._log_verification(company, result)
        self._alert_administrators(company, result)

    @api.model
    def _is_known_broken(self, company, result):
        """Whether the administrators were already notified of these faults."""
        last = self.search(
            [("event_type", "=", "log:broken"), ("company_id", "=", company.id)],
            limit=1,
        )
        return bool(last) and last.payload["faults"] == self._get_fault_keys(result)

    @api.model
    def _alert_administrators(self, company, result):
        for user in company._get_members("base.group_system"):
            env = self.with_context(lang=user.lang).env
            company.partner_id.activity_schedule(
                LOG_ACTIVITY,
                user_id=user.id,
                summary=env._("The backorder log of %s was changed", company.name),
                note=result["faults"][0]["message"],
            )

    # ------------------------------------------------------------------
    # Verification
    # ------------------------------------------------------------------

    @api.model
    def _verify(self, company, noted=()):
        """Return the result of :meth:`verify_log` for one company."""
        self.flush_model()
        archived_ids, archive_faults = self._verify_archives(company)
        faults = [
            *self._verify_noted(company, noted),
            *self._verify_chain(company),
            *self._find_changed(company),
            *self._find_missing(company, archived_ids),
            *archive_faults,
            *self._find_strangers(company),
        ]
        faults.sort(key=lambda fault: fault["sequence"] or float("inf"))
        last = self._read_last_seals([company.id])
        [[_company_id, sequence, hash_]] = last or [(company.id, 0, False)]
        return {
            "companyId": company.id,
            "company": company.name,
            "isWhole": not faults,
            "sealedCount": self._count("backorder_event_seal", company),
            "unsealedCount": self._count("backorder_event_unsealed", company),
            "lastSequence": sequence,
            "lastHash": hash_,
            "faults": faults[:NAMED_FAULTS],
        }

    @api.model
    def _count(self, table, company):
        query = SQL(
            "SELECT COUNT(*) FROM %s WHERE company_id = %s",
            SQL.identifier(table),
            company.id,
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _prepare_fault(self, kind, sequence=0, entry_id=0, name=""):
        details = {"sequence": sequence, "entry": entry_id, "name": name}
        return {
            "sequence": sequence,
            "entryId": entry_id,
            "kind": kind,
            "message": self._get_fault_messages()[kind] % details,
        }

    @api.model
    def _get_fault_messages(self):
        return {
            "rewritten": self.env._(
                "Seal %(sequence)s differs from the one you recorded: the log was"
                " rewritten up to there."
            ),
            "gap": self.env._("The seals before number %(sequence)s are missing."),
            "chain": self.env._(
                "Seal %(sequence)s (entry %(entry)s) does not follow from the seal"
                " before it: one of the two was changed."
            ),
            "lost": self.env._(
                "Entry %(entry)s was deleted before it was sealed as number"
                " %(sequence)s."
            ),
            "changed": self.env._(
                "Entry %(entry)s, sealed as number %(sequence)s, was changed."
            ),
            "missing": self.env._(
                "Entry %(entry)s, sealed as number %(sequence)s, was deleted."
            ),
            "stranger": self.env._(
                "Entry %(entry)s was added without a seal, bypassing the log."
            ),
            "file_missing": self.env._("The archived file %(name)s is missing."),
            "file_changed": self.env._("The archived file %(name)s was changed."),
        }

    @api.model
    def _verify_noted(self, company, noted):
        """Yield the seals that differ from those recorded by the user."""
        for note in noted:
            found = self.env.execute_query(
                SQL(
                    """SELECT 1 FROM backorder_event_seal
                        WHERE company_id = %s AND sequence = %s AND hash = %s""",
                    company.id,
                    note["sequence"],
                    note["hash"].strip().lower(),
                )
            )
            if not found:
                yield self._prepare_fault("rewritten", note["sequence"])

    @api.model
    def _verify_chain(self, company):
        """Yield the seals that do not follow from the previous seal."""
        expected, previous = 1, ""
        for sequence, event_id, digest, hash_ in self._read_seals(company):
            if sequence != expected:
                yield self._prepare_fault("gap", sequence, event_id)
            elif hash_ != get_seal_hash(previous, digest):
                yield self._prepare_fault("chain", sequence, event_id)
            elif not digest:
                yield self._prepare_fault("lost", sequence, event_id)
            expected, previous = sequence + 1, hash_

    @api.model
    def _read_seals(self, company):
        last = 0
        while batch := self.env.execute_query(
            SQL(
                """SELECT sequence, event_id, digest, hash FROM backorder_event_seal
                    WHERE company_id = %s AND sequence > %s
                    ORDER BY sequence LIMIT %s""",
                company.id,
                last,
                VERIFY_BATCH,
            )
        ):
            yield from batch
            last = batch[-1][0]

    @api.model
    def _find_changed(self, company):
        """Yield the entries that differ from their seal."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT seal.sequence, seal.event_id
                  FROM backorder_event_seal seal
                  JOIN backorder_event event ON event.id = seal.event_id
                 WHERE seal.company_id = %s
                   AND seal.digest <> encode(
                       sha256(convert_to(backorder_event_line(event), 'UTF8')), 'hex')
                 ORDER BY seal.sequence
                 LIMIT %s
                """,
                company.id,
                NAMED_FAULTS,
            )
        )
        for sequence, event_id in rows:
            yield self._prepare_fault("changed", sequence, event_id)

    @api.model
    def _find_missing(self, company, archived_ids):
        """Yield the sealed entries that are neither in the log nor in a file."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT seal.sequence, seal.event_id
                  FROM backorder_event_seal seal
                 WHERE seal.company_id = %s AND seal.digest <> ''
                   AND NOT EXISTS (SELECT FROM backorder_event event
                                    WHERE event.id = seal.event_id)
                 ORDER BY seal.sequence
                """,
                company.id,
            )
        )
        missing = (row for row in rows if row[1] not in archived_ids)
        for sequence, event_id in islice(missing, NAMED_FAULTS):
            yield self._prepare_fault("missing", sequence, event_id)

    @api.model
    def _find_strangers(self, company):
        """Yield the entries that are neither sealed nor marked to be sealed."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT event.id
                  FROM backorder_event event
                 WHERE event.company_id = %s
                   AND NOT EXISTS (SELECT FROM backorder_event_seal seal
                                    WHERE seal.event_id = event.id)
                   AND NOT EXISTS (SELECT FROM backorder_event_unsealed unsealed
                                    WHERE unsealed.event_id = event.id)
                 ORDER BY event.id
                 LIMIT %s
                """,
                company.id,
                NAMED_FAULTS,
            )
        )
        for [event_id] in rows:
            yield self._prepare_fault("stranger", entry_id=event_id)

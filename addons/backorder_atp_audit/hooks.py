# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.tools import SQL

from odoo.addons.backorder_atp.triggers import set_append_only


def uninstall_hook(env):
    """Leave the log append-only, the seals as a table and the files as attachments."""
    events = env["backorder.event"]
    events._seal_all()
    _release_archived_months(env.cr)
    _drop_sealing(env.cr)
    archive = f"backorder_event_seal_archive_{fields.Datetime.now():%Y%m%d%H%M%S}"
    env.cr.execute(
        SQL("ALTER TABLE backorder_event_seal RENAME TO %s", SQL.identifier(archive))
    )
    set_append_only(env.cr, events._table)


def _release_archived_months(cr):
    """Detach the files of the log, which would be deleted with the model.

    Administrators find them among the attachments.
    """
    cr.execute(
        SQL(
            """UPDATE ir_attachment SET res_model = NULL, res_id = NULL
                WHERE res_model = 'backorder.event'"""
        )
    )


def _drop_sealing(cr):
    """Drop the triggers and functions that seal entries and archive months."""
    for trigger in ("backorder_event_to_seal", "backorder_event_archived_only"):
        cr.execute(SQL("DROP TRIGGER %s ON backorder_event", SQL.identifier(trigger)))
    cr.execute(SQL("DROP FUNCTION backorder_event_check_archived"))
    cr.execute(SQL("DROP FUNCTION backorder_event_note_unsealed"))
    cr.execute(SQL("DROP FUNCTION backorder_event_line"))
    cr.execute(SQL("DROP TABLE backorder_event_unsealed"))

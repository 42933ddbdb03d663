# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event
from . import backorder_failure
from . import backorder_event_seal
from . import backorder_event_verify
from . import backorder_event_verify_archive
from . import backorder_event_archive
from . import backorder_event_export
from . import ir_attachment
from . import sale_order

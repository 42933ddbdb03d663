# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_retry
from . import backorder_job
from . import backorder_run
from . import queue_job
from . import res_company
from . import res_config_settings

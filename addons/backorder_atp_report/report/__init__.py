# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import backorder_event_line_mixin
from . import backorder_oversell_report
from . import backorder_override_report
from . import backorder_rollout_report
from . import backorder_episode
from . import backorder_frequency
from . import backorder_period
from . import backorder_report
from . import backorder_service_report
from . import backorder_service_report_query

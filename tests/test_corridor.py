# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
import sys
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from odoo.tests import tagged

from ..exceptions import OrderValidationError
from .common import BackorderCommon

_logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
# Not the root addon itself: its tests and the other addons.
OUTSIDE = ("tests", "addons")

# How many files of the root a confirmation may visit, by phase and policy, with every
# feature installed; with the root alone one or two fewer. Lower a
# number when the path becomes shorter. Before raising one, check whether the new step
# belongs to a promise at all.
MAX_FILES = {
    ("hard", "block"): 28,
    ("hard", "pending"): 36,
    ("soft", "block"): 36,
    ("dark", "block"): 53,
}


def _get_file(code):
    """Return the file of the root addon that ``code`` belongs to, or None."""
    path = Path(code.co_filename)
    if not path.is_absolute():
        return None
    path = path.resolve()
    if not path.is_relative_to(ROOT):
        return None
    path = path.relative_to(ROOT)
    is_inside = path.parts[0] not in OUTSIDE and not path.parts[0].startswith(".")
    return str(path) if is_inside else None


@contextmanager
def following():
    """Yield a list of the root's files whose functions are called within, in order."""
    files, known = [], {}

    def follow(frame, event, _arg):
        if event == "call":
            code = frame.f_code
            if code not in known:
                known[code] = _get_file(code)
            if known[code]:
                files.append(known[code])

    before = sys.getprofile()
    sys.setprofile(follow)
    try:
        yield files
    finally:
        sys.setprofile(before)


@tagged("post_install", "-at_install")
class TestCorridor(BackorderCommon):
    """B3: the code path of a promise stays short."""

    def test_confirmation_visits_few_files(self):
        """B3: a salesperson confirms one short order, in each phase."""
        for (phase, policy), most in MAX_FILES.items():
            with self.subTest(phase=phase, policy=policy):
                visited = self._follow_confirmation(phase, policy)
                self.assertLessEqual(len(set(visited)), most, sorted(set(visited)))

    def test_decision_is_on_the_path(self):
        """B3: the recorded path includes the decision, from demand to effects."""
        visited = self._follow_confirmation("hard", "block")
        stations = [
            "models/sale_order_line_demand.py",
            "models/stock_availability.py",
            "models/stock_policy_promise.py",
            "decision.py",
            "models/promise_decision_effect.py",
        ]
        self.assertEqual(sorted(stations, key=visited.index), stations)

    def _follow_confirmation(self, phase, policy):
        """Return the files visited while one short order is confirmed."""
        self.company.write({"promise_phase": phase, "shortage_policy": policy})
        product = self._create_product(f"{phase} {policy}")
        self._set_stock(product, 5)
        order = self._as("sales", self._create_order((product, 6)))
        self.env.flush_all()
        with following() as visited:
            try:
                order.action_confirm()
            except OrderValidationError as error:
                _logger.debug("Refused: %s", error)
        _logger.info(
            "%s, %s: %s files, %s times from one to another",
            phase,
            policy,
            len(set(visited)),
            sum(one != other for one, other in pairwise(visited)),
        )
        return visited

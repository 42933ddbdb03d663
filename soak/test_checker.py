"""The checker finds what it is there for, in histories of a few commits."""

import pytest
from commits import check_commits
from history import FAIL, OK, UNKNOWN
from ledger import World
from shrink import History, shrink
from stream import Commit

SHELF, CUSTOMERS, VENDORS = 8, 5, 4
HOT, LATER = 1, 2
LINE = {"order_id": "1", "product_id": "1", "product_uom_qty": "1"}


@pytest.fixture
def world():
    places = {
        SHELF: ("internal", 1),
        CUSTOMERS: ("customer", None),
        VENDORS: ("supplier", None),
    }
    return World(places, {HOT: "HOT-0", LATER: "LATER-0"})


def stock(quantity, reserved=0, id_=1, product=HOT):
    row = {
        "product_id": str(product),
        "location_id": str(SHELF),
        "quantity": str(quantity),
        "reserved_quantity": str(reserved),
    }
    return ("stock_quant", id_, row)


def move(id_, quantity, state="confirmed", product=HOT):
    row = {
        "product_id": str(product),
        "location_id": str(SHELF),
        "location_dest_id": str(CUSTOMERS),
        "product_qty": str(quantity),
        "state": state,
        "sale_line_id": str(id_),
    }
    return ("stock_move", id_, row)


def move_line(id_, quantity, state="assigned", source=SHELF, target=CUSTOMERS):
    row = {
        "product_id": str(HOT),
        "location_id": str(source),
        "location_dest_id": str(target),
        "quantity_product_uom": str(quantity),
        "state": state,
    }
    return ("stock_move_line", id_, row)


def order(id_, state, line=None):
    row = {"state": state, "client_order_ref": f"token-{id_}"}
    line = line or ("sale_order_line", id_, {**LINE, "order_id": str(id_)})
    return [("sale_order", id_, row), line]


def sell(number, quantity, product=HOT, time=None):
    changes = [*order(number, "sale"), move(number, quantity, product=product)]
    return Commit(number, time or float(number), changes)


def find(world, *commits, calls=()):
    return [finding.check for finding in check_commits(commits, world, calls)]


def confirm(id_, outcome, begin=0.5, end=1.5):
    effect = {"table": "sale_order", "id": id_, "field": "state", "value": "sale"}
    return {
        "number": 1,
        "actor": "sales0",
        "name": "confirm",
        "effects": [effect],
        "outcome": outcome,
        "begin": begin,
        "end": end,
    }


def test_last_unit_sold_once(world):
    first = Commit(0, 0, [stock(2)])
    assert find(world, first, sell(1, 1), sell(2, 1)) == []


def test_last_unit_sold_twice(world):
    first = Commit(0, 0, [stock(1)])
    assert find(world, first, sell(1, 1), sell(2, 1)) == ["oversold"]


def test_oversold_for_a_moment_only(world):
    first = Commit(0, 0, [stock(1)])
    cancelled = Commit(3, 3, [move(2, 1, "cancel")])
    assert find(world, first, sell(1, 1), sell(2, 1), cancelled) == ["oversold"]


def test_backorders_that_are_allowed(world):
    first = Commit(0, 0, [stock(0, product=LATER)])
    assert find(world, first, sell(1, 5, LATER)) == []


def test_approved_beyond_stock(world):
    approval = ("backorder_override", 1, {"order_id": "1", "state": "approved"})
    first = Commit(0, 0, [stock(0), approval])
    assert find(world, first, sell(1, 5)) == []


def test_loss_that_nobody_could_see(world):
    count = [stock(1), move_line(9, 1, "done", SHELF, VENDORS)]
    commits = Commit(0, 0, [stock(2)]), Commit(1, 1, count)
    assert find(world, *commits, sell(2, 2)) == []
    late = sell(2, 2, time=1000.0)
    assert find(world, *commits, late) == ["oversold"]


def test_stock_out_of_nothing(world):
    first = Commit(0, 0, [stock(2)])
    receipt = [stock(5), move_line(1, 3, "done", VENDORS, SHELF)]
    assert find(world, first, Commit(1, 1, receipt)) == []
    assert find(world, first, Commit(1, 1, [stock(5)])) == ["conserved"]


def test_reservation_of_nobody(world):
    first = Commit(0, 0, [stock(2)])
    reserved = [stock(2, 1), move_line(1, 1)]
    assert find(world, first, Commit(1, 1, reserved)) == []
    assert find(world, first, Commit(1, 1, [stock(2, 1)])) == ["reserved"]


@pytest.mark.parametrize(
    ("outcome", "times", "is_right"),
    [
        (OK, 1, True),
        (OK, 0, False),
        (OK, 2, False),
        (FAIL, 0, True),
        (FAIL, 1, False),
        (UNKNOWN, 0, True),
        (UNKNOWN, 1, True),
        (UNKNOWN, 2, False),
    ],
)
def test_answers(world, outcome, times, is_right):
    commits = [Commit(0, 0, order(1, "draft"))]
    for number in range(times):
        commits.append(Commit(2 * number + 1, 1 + number / 10, order(1, "sale")))
        commits.append(Commit(2 * number + 2, 1.01 + number / 10, order(1, "draft")))
    found = find(world, *commits, calls=[confirm(1, outcome)])
    assert found == ([] if is_right else ["answers"])


def test_shortest_history_that_fails(world):
    noise = [Commit(n, n, [stock(1, n % 2), move_line(1, n % 2)]) for n in range(1, 20)]
    commits = [Commit(0, 0, [stock(1)]), *noise, sell(30, 1), sell(31, 1)]
    history = History(commits, world, [])
    kept = shrink(history, ("oversold", (HOT, 1)))
    assert [commit.number for commit in kept] == [30, 31]

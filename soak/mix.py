"""The load: who works at the same time, what each does, and how often.

``steps`` are methods of the actor with their weights; ``pause`` is the longest wait
between two of them, in seconds. A step for an app that is not installed is left out.
"""

from dataclasses import dataclass, field

from boss import Boss
from crowd import Crowd
from program import Program
from sales import Sales
from warehouse import Clerk


@dataclass
class Role:
    name: str
    kind: type
    count: int
    logins: list
    pause: float
    steps: dict = field(default_factory=dict)


MIX = [
    Role(
        "sales",
        Sales,
        count=3,
        logins=["sales0", "sales1", "sales2"],
        pause=0.2,
        steps={"order": 12, "change": 3, "cancel": 2, "split": 1, "look": 1},
    ),
    Role(
        "sister",
        Sales,
        count=1,
        logins=["sister0"],
        pause=0.5,
        steps={"order": 6, "change": 1, "cancel": 1},
    ),
    Role(
        "clerk",
        Clerk,
        count=2,
        logins=["clerk0", "clerk1"],
        pause=0.2,
        steps={
            "pick": 10,
            "receive": 5,
            "count": 2,
            "bring_back": 2,
            "transfer": 1,
            "produce": 1,
        },
    ),
    Role(
        "program",
        Program,
        count=2,
        logins=["sales3", "sales2"],
        pause=0.2,
        steps={"order": 8, "allocate": 1, "ask": 2},
    ),
    Role(
        "crowd",
        Crowd,
        count=1,
        logins=["admin"],
        pause=0.2,
        steps={"rush": 1, "grow": 2},
    ),
    Role(
        "boss",
        Boss,
        count=1,
        logins=["boss"],
        pause=1.0,
        steps={"approve": 6, "hold": 2, "release": 2, "fulfil": 2, "run_backorders": 1},
    ),
]

# What a step needs to be installed.
NEEDS = {
    "produce": "backorder_atp_mrp",
    "run_backorders": "backorder_atp_run",
}
# What an actor needs.
KINDS_NEED = {"program": "backorder_atp_fastapi"}

# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The orders of the demo company, and its places."""

MAIN, NORTH = "stock.warehouse0", "backorder_atp_demo.warehouse_north"
BULK = "backorder_atp_demo.location_bulk"
QUARANTINE = "backorder_atp_demo.location_quarantine"


def _order(days, customer, lines, *steps, **options):
    """Return one order: days since its creation, and the steps taken since.

    :param lines: ``{product: quantity}``; a pair ``(quantity, unit)`` for another unit
    :param steps: the names of the ``_step_...`` methods to call, in order
    """
    return {
        "days": days,
        "customer": customer,
        "lines": lines,
        "steps": steps,
        **options,
    }


ORDERS = [
    # Delivered.
    _order(
        38, "spoke", {"DT-CHN-11": 20, "DT-CAS-1142": 6}, "confirm", "deliver", took=2
    ),
    _order(36, "nordrad", {"WH-TYR-28": 40}, "confirm", "deliver", took=3),
    _order(
        35,
        "city",
        {"BR-DSC-160": 12, "BR-PAD-R": 30, "BR-CAB-S": 10},
        "confirm",
        "deliver",
        took=1,
    ),
    _order(
        31,
        "harbour",
        {"WS-LUB-1": 24, "WS-MLT-18": 6, "SV-WHL": 2},
        "confirm",
        "deliver",
        took=2,
    ),
    _order(28, "alpine", {"CM-TNT-2": 5, "CM-MAT-6": 6}, "confirm", "deliver", took=4),
    _order(25, "lake", {"EB-MOT-85": 2}, "confirm", "deliver", took=1),
    _order(
        24,
        "pedal",
        {"WH-TYR-28": (2, "uom.product_uom_dozen")},
        "confirm",
        "deliver",
        took=2,
    ),
    _order(
        23,
        "bikeworks",
        {"BR-PAD-R": 20, "DT-CHN-11": 8},
        "confirm",
        "deliver",
        warehouse=NORTH,
        took=3,
    ),
    _order(
        21,
        "summit",
        {"CM-STV-G": 6, "CM-BTL-75": 48},
        "confirm",
        "deliver",
        took=2,
        priority="high",
    ),
    _order(17, "velo", {"LT-REA-B": 15, "LT-FRT-80": 8}, "confirm", "deliver", took=1),
    _order(
        13, "lake", {"WH-SET-29": 3}, "confirm", "deliver", took=2, priority="urgent"
    ),
    # Delivered and partially returned, damaged: to quarantine.
    _order(
        19,
        "tour",
        {"BG-HBR-7": 6},
        "confirm",
        "deliver",
        "bring_back",
        took=2,
        back={"BG-HBR-7": 2},
    ),
    # Old backorders: the category allows backorders of e-bike systems.
    _order(
        33,
        "city",
        {"EB-BAT-500": 5, "DT-CHN-11": 4},
        "confirm",
        priority="high",
    ),
    _order(26, "nordrad", {"EB-BAT-500": 4}, "confirm", priority="urgent"),
    _order(20, "pedal", {"EB-MOT-85": 2, "EB-BAT-500": 1}, "confirm", policy="one"),
    _order(14, "montagne", {"EB-MOT-85": 2}, "confirm"),
    _order(9, "bikeworks", {"EB-BAT-500": 2}, "confirm", "hold", hold="Credit check"),
    _order(3, "summit", {"EB-BAT-500": 6}, "confirm", priority="low"),
    # Trail tyres: the main warehouse may promise beyond stock.
    _order(22, "alpine", {"WH-TYR-29": 24, "WH-SPK-36": 10}, "confirm"),
    _order(11, "velo", {"WH-TYR-29": 10}, "confirm", priority="high"),
    _order(
        5,
        "spoke",
        {"WH-TYR-29": 30, "WH-TYR-28": 10},
        "confirm",
        policy="one",
        priority="low",
    ),
    # Partially delivered, the rest is backordered.
    _order(
        18,
        "montagne",
        {"CP-SAD-L": 6},
        "confirm",
        "deliver_part",
        part={"CP-SAD-L": 4},
        took=3,
    ),
    _order(
        8,
        "nordrad",
        {"CP-SAD-L": 3},
        "confirm",
        "hold",
        hold="Customer on holiday, deliver afterwards",
        priority="low",
    ),
    _order(
        16,
        "tour",
        {"BG-PAN-40": 10, "BG-FRM-4": 6},
        "confirm",
        "deliver_part",
        part={"BG-FRM-4": 6},
        took=2,
    ),
    _order(
        10,
        "harbour",
        {"WS-PMP-11": 8, "BR-CAB-S": 20},
        "confirm",
        "deliver_part",
        part={"BR-CAB-S": 20},
        took=1,
        policy="one",
    ),
    # Promised, then counted with less stock than promised.
    _order(12, "city", {"LT-DYN-3": 8}, "confirm", "recount"),
    # Promised and allocated.
    _order(15, "bikeworks", {"DT-CRK-170": 10}, "confirm", ships_in=4),
    _order(10, "lake", {"DT-DER-11": 4}, "confirm"),
    _order(7, "pedal", {"CP-GRP-E": 24, "CP-BAR-74": 6}, "confirm"),
    _order(6, "alpine", {"CM-MAT-6": 8, "CM-STV-G": 4}, "confirm", policy="one"),
    _order(
        5,
        "spoke",
        {"WS-LUB-1": (3, "uom.product_uom_dozen"), "CM-BTL-75": 60},
        "confirm",
    ),
    _order(4, "tour", {"LT-FRT-80": 6, "LT-REA-B": 10}, "confirm", priority="high"),
    _order(2, "nordrad", {"BR-DSC-160": 16, "BR-PAD-R": 24}, "confirm"),
    _order(1, "montagne", {"CP-PED-F": 12}, "confirm", priority="urgent"),
    _order(1, "velo", {"BG-FRM-4": 4, "CM-BTL-75": 12}, "confirm"),
    # From the north depot.
    _order(6, "lake", {"WH-TYR-28": 20}, "confirm", warehouse=NORTH),
    _order(3, "summit", {"BG-HBR-7": 5}, "confirm", "pick", warehouse=NORTH),
    _order(
        1, "bikeworks", {"WS-MLT-18": 12, "DT-CHN-11": 6}, "confirm", warehouse=NORTH
    ),
    # Sold below zero on purpose.
    _order(
        4, "harbour", {"WH-TUB-28": 40}, "confirm", "deliver", took=1, priority="urgent"
    ),
    _order(1, "pedal", {"WH-TUB-28": (1, "uom.product_uom_dozen")}, "confirm"),
    # Beyond what can be promised, and approved.
    _order(
        6,
        "city",
        {"DT-DER-11": 8},
        "confirm",
        "approve",
        reason="Frame contract: the vendor has confirmed 20 for next week",
    ),
    _order(
        7,
        "velo",
        {"WH-SET-29": 4},
        "confirm",
        "approve",
        reason="Warranty replacement, takes precedence over other orders",
        priority="urgent",
    ),
    _order(
        5,
        "nordrad",
        {"BR-HYD-2": 14},
        "confirm",
        "approve",
        "hold",
        reason="The sets in quarantine are inspected this week",
        hold="Waiting for the inspection of the sets in quarantine",
    ),
    # Pending approval.
    _order(2, "alpine", {"DT-DER-11": 5, "DT-BB-BSA": 5}, "confirm", priority="high"),
    _order(1, "bikeworks", {"WH-SET-29": 2}, "confirm"),
    _order(2, "tour", {"DT-CRK-170": 6}, "confirm"),
    _order(0, "summit", {"EB-MOT-85": 2}, "confirm", warehouse=NORTH),
    # Signed by the customer: confirmed, but the delivery is withheld until approved.
    _order(3, "lake", {"CM-TNT-2": 6}, "sign", "confirm"),
    # Not approved: a quotation again.
    _order(
        4,
        "pedal",
        {"LT-DYN-3": 9},
        "confirm",
        "reject",
        reason="No dynamos until the count is clarified",
    ),
    # Unmatched items.
    _order(
        3,
        "harbour",
        {"DT-CHN-11": 5},
        "add_unmatched",
        "confirm",
        unmatched={"XG-1270 cassette": 2},
    ),
    _order(
        2,
        "montagne",
        {},
        "add_unmatched",
        "confirm",
        unmatched={"Sacoche avant, noire": 4, "REF 88-120 pompe": 1},
    ),
    # Cancelled: as a quotation, when confirmed, while pending approval.
    _order(27, "summit", {"CM-TNT-2": 2}, "cancel"),
    _order(11, "tour", {"BG-PAN-40": 4}, "confirm", "cancel"),
    _order(8, "spoke", {"CP-BAR-74": 20}, "confirm", "cancel"),
    # Quotations; the last ones exceed the stock.
    _order(6, "alpine", {"CM-MAT-6": 10, "CM-STV-G": 2}, "send"),
    _order(2, "nordrad", {"DT-CAS-1142": 10, "DT-CHN-11": 20}, "send"),
    _order(1, "lake", {"BR-DSC-160": 8}, "send", "reserve_stock"),
    _order(1, "velo", {"CP-GRP-E": 12, "CP-PED-F": 6}),
    _order(0, "city", {"LT-DYN-3": 4, "LT-REA-B": 4}),
    _order(0, "harbour", {"DT-DER-11": 3, "WS-LUB-1": 12}),
]

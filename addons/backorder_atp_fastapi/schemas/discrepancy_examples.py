# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Examples of counts and discrepancies, for the OpenAPI description."""

COUNT = {"locationId": 8, "countedQuantity": 76}
REPORT = {
    "part": "CM-BTL-75",
    "warehouseId": 1,
    "locationId": 8,
    "expectedQuantity": 80,
    "countedQuantity": 76,
}
RESOLUTION = {"reason": "Four bottles were broken", "postCorrection": True}
DISCREPANCY = {
    "discrepancyId": 12,
    "reference": "DISC/00012",
    "status": "new",
    "severity": "medium",
    "foundBy": "count",
    "productId": 85,
    "sku": "CM-BTL-75",
    "product": "[CM-BTL-75] Bottle 0.75 l",
    "unit": "Units",
    "warehouseId": 1,
    "warehouse": "Main Warehouse",
    "locationId": 8,
    "location": "WH/Stock",
    "lot": None,
    "expectedQuantity": 80.0,
    "countedQuantity": 76.0,
    "difference": -4.0,
    "percent": 5.0,
    "value": -24.0,
    "currency": "USD",
    "foundOn": "2026-11-21T09:00:00Z",
    "owner": "Mara Manager",
    "source": "Count by Olga Operator",
    "isCountPending": True,
    "quantitiesMatchAgain": False,
    "decision": None,
    "decidedBy": None,
    "decidedOn": None,
}
DISCREPANCY_PAGE = {
    "discrepancies": [DISCREPANCY],
    "nextCursor": None,
    "hasMore": False,
}
CLOSED_DISCREPANCY = {
    **DISCREPANCY,
    "status": "resolved",
    "isCountPending": False,
    "decision": "Four bottles were broken",
    "decidedBy": "Mara Manager",
    "decidedOn": "2026-11-21T11:30:00Z",
}
COUNT_RESULT = {
    **{
        name: DISCREPANCY[name]
        for name in (
            "productId",
            "sku",
            "product",
            "unit",
            "locationId",
            "location",
            "lot",
        )
    },
    "previousQuantity": 80.0,
    "countedQuantity": 76.0,
    "difference": -4.0,
    "isApplied": False,
    "discrepancy": DISCREPANCY,
}

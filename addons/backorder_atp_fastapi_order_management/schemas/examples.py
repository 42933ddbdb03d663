# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Examples of requests and responses, for the OpenAPI description."""

BOTTLE = {
    "productId": 85,
    "sku": "CM-BTL-75",
    "product": "[CM-BTL-75] Bottle 0.75 l",
}

# ----------------------------------------------------------------------
# Soft reservations
# ----------------------------------------------------------------------

NEW_RESERVATION = {
    "sku": "CM-BTL-75",
    "warehouseId": 1,
    "quantity": 10,
    "customerId": 57,
    "expiresAt": "2026-11-24T17:00:00Z",
}
RESERVE = {"expiresAt": "2026-11-24T17:00:00Z"}
RESERVATION = {
    "reservationId": 7,
    "reference": "RES/00007",
    "status": "active",
    **BOTTLE,
    "unit": "Units",
    "warehouseId": 1,
    "warehouse": "Main Warehouse",
    "quantity": 10.0,
    "consumedQuantity": 0.0,
    "remainingQuantity": 10.0,
    "customerId": 57,
    "customer": "Alpine Outfitters",
    "orderId": None,
    "orderNumber": None,
    "origin": None,
    "reservedBy": "Sam Sales",
    "expiresAt": "2026-11-24T17:00:00Z",
    "endedAt": None,
    "reason": None,
}
RELEASED_RESERVATION = {
    **RESERVATION,
    "status": "released",
    "remainingQuantity": 0.0,
    "endedAt": "2026-11-22T08:15:00Z",
    "reason": "The customer decided otherwise",
}
RESERVATION_PAGE = {
    "reservations": [RESERVATION],
    "nextCursor": None,
    "hasMore": False,
}
ORDER_RESERVATIONS = {
    "reservations": [{**RESERVATION, "orderId": 28, "orderNumber": "S00028"}]
}

# ----------------------------------------------------------------------
# Customers
# ----------------------------------------------------------------------

INVENTORY = {
    "customerId": 57,
    "customerName": "Alpine Outfitters",
    "customerTier": "GOLD",
    "inventoryItems": [
        {
            "productId": 85,
            "sku": "CM-BTL-75",
            "description": "Bottle 0.75 l",
            "unit": "Units",
            "availableQuantity": 530.0,
            "reservedQuantity": 10.0,
            "unitPrice": 12.5,
            "customerPrice": 11.25,
            "discountPercentage": 10.0,
            "leadTime": 2.0,
            "location": "Main Warehouse",
            "totalValue": 5962.5,
        }
    ],
    "totalValue": 5962.5,
    "currency": "USD",
    "lastUpdated": "2026-11-21T09:00:00Z",
    "nextCursor": None,
    "hasMore": False,
}
PRICES = {
    "updates": [
        {"sku": "CM-BTL-75", "customerPrice": 11.25},
        {"sku": "CM-TNT-2", "discountPercentage": 15},
    ]
}
PRICES_RESULT = {
    "customerId": 57,
    "pricelistId": 4,
    "pricelist": "Prices for Alpine Outfitters",
    "updated": [{**BOTTLE, "previousPrice": 12.5, "customerPrice": 11.25}],
}
CREDIT = {
    "customerId": 57,
    "hasLimit": True,
    "creditLimit": 10000.0,
    "currentCreditUsed": 6400.0,
    "availableCredit": 3600.0,
    "creditImpact": 603.6,
    "remainingCredit": 2996.4,
    "canProcessOrder": True,
    "currency": "USD",
    "sku": None,
    "quantity": None,
    "totalValue": None,
}

# ----------------------------------------------------------------------
# Goodwill discounts
# ----------------------------------------------------------------------

GOODWILL = {"percent": 5, "reason": "Two weeks late"}
GOODWILL_PREVIEW = {
    "orderId": 28,
    "orderNumber": "S00028",
    "currency": "USD",
    "subtotal": 378.0,
    "lines": [
        {
            "lineId": 84,
            "productId": 82,
            "sku": "CM-TNT-2",
            "product": "[CM-TNT-2] Two-Person Tent",
            "quantity": 2.0,
            "unit": "Units",
            "subtotal": 378.0,
        }
    ],
}

# ----------------------------------------------------------------------
# Opportunities
# ----------------------------------------------------------------------

OPPORTUNITY = {
    "opportunityId": 14,
    "name": "Summer camp equipment",
    "stage": "Proposition",
    "probability": 60.0,
    "wonStatus": "pending",
    "customerId": 57,
    "customer": "Alpine Outfitters",
    "salesperson": "Sam Sales",
    "allocationStatus": "allocated",
    "allocatedValue": 500.0,
    "currency": "USD",
    "reservedUntil": "2026-12-15T12:00:00Z",
    "releaseReason": None,
    "canAllocate": False,
    "lines": [
        {
            "lineId": 21,
            **BOTTLE,
            "quantity": 40.0,
            "unit": "Units",
            "warehouseId": 1,
            "warehouse": "Main Warehouse",
            "reservedQuantity": 40.0,
            "availableQuantity": 40.0,
            "isShort": False,
            "unitPrice": 12.5,
            "subtotal": 500.0,
        }
    ],
}
RELEASED_OPPORTUNITY = {
    **OPPORTUNITY,
    "allocationStatus": "released",
    "allocatedValue": 0.0,
    "reservedUntil": None,
    "releaseReason": "The customer postponed it",
    "canAllocate": True,
    "lines": [
        {
            **OPPORTUNITY["lines"][0],
            "reservedQuantity": 0.0,
            "availableQuantity": 530.0,
        }
    ],
}
OPPORTUNITY_PAGE = {
    "opportunities": [OPPORTUNITY],
    "nextCursor": None,
    "hasMore": False,
}
ALLOCATION_REPORT = {
    "totalOpportunities": 1,
    "totalAllocatedValue": 500.0,
    "currency": "USD",
    "opportunitiesByStage": [
        {"stage": "Proposition", "opportunities": 1, "value": 500.0}
    ],
    "inventoryAllocationBySku": [{**BOTTLE, "quantity": 40.0, "value": 500.0}],
}

# ----------------------------------------------------------------------
# Shipments
# ----------------------------------------------------------------------

SHIPMENT = {
    "shipmentId": 33,
    "delivery": "WH/OUT/00033",
    "status": "shipped",
    "carrier": "Express",
    "trackingNumber": "PAR-77",
    "trackingUrl": "https://track.example.com/PAR-77",
    "orderId": 28,
    "orderNumber": "S00028",
    "estimatedDelivery": "2026-11-24",
    "startedOn": "2026-11-22T08:00:00Z",
    "shippedOn": "2026-11-22T10:30:00Z",
    "deliveredOn": None,
    "failureReason": None,
    "lastUpdated": "2026-11-22T10:30:00Z",
}
SHIPMENT_PAGE = {"shipments": [SHIPMENT], "nextCursor": None, "hasMore": False}

# ----------------------------------------------------------------------
# Reconciling, and jobs
# ----------------------------------------------------------------------

RECONCILED = {
    "totalOrders": 1,
    "rightCount": 0,
    "repairedCount": 1,
    "failedCount": 0,
    "reconciledAt": "2026-11-21T09:00:00Z",
    "currency": "USD",
    "results": [
        {
            "orderId": 28,
            "orderNumber": "S00028",
            "status": "repaired",
            "changes": ["Backorder: None, now Partially Allocated"],
            "error": None,
            "impact": {
                "items": [
                    {
                        "lineId": 84,
                        "sku": "CM-TNT-2",
                        "product": "[CM-TNT-2] Two-Person Tent",
                        "location": "WH/Stock",
                        "quantity": 2.0,
                        "unitCost": 110.0,
                        "totalCost": 220.0,
                    }
                ],
                "totalQuantity": 2.0,
                "totalValue": 220.0,
            },
        }
    ],
}
JOB = {
    "jobId": 5,
    "name": "Fulfil 120 orders",
    "status": "done",
    "total": 120,
    "done": 120,
    "failed": 0,
    "message": "96 fulfilled, 24 still backordered, 0 failed",
    "results": [
        {
            "order": "S00028",
            "message": "Short of 2.0 Units of [CM-TNT-2] Two-Person Tent",
            "isFailure": False,
        }
    ],
}
JOBS = {
    "jobs": [
        {
            **JOB,
            "status": "waiting",
            "done": 0,
            "message": "0 fulfilled, 0 still backordered, 0 failed",
            "results": [],
        }
    ]
}

# ----------------------------------------------------------------------
# Alternatives
# ----------------------------------------------------------------------

CHOICE = {"lineId": 84, "kind": "warehouse", "productId": 82, "warehouseId": 2}
ALTERNATIVES = {
    "orderId": 28,
    "orderNumber": "S00028",
    "alternatives": [
        {
            "kind": "warehouse",
            "description": "Ship from North Depot",
            "lineId": 84,
            "productId": 82,
            "sku": "CM-TNT-2",
            "product": "[CM-TNT-2] Two-Person Tent",
            "warehouseId": 2,
            "sourceWarehouseId": None,
            "quantity": 2.0,
            "availableQuantity": 2.0,
            "onTimeQuantity": 2.0,
            "date": "2026-11-21",
            "leadDays": 0,
            "isCovered": True,
            "isOriginal": False,
            "mayChoose": True,
            "note": None,
            "parts": [],
        }
    ],
}

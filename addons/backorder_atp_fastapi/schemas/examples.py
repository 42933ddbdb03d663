# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Examples of requests and responses, for the OpenAPI description."""

NEW_ORDER = {
    "customerId": 57,
    "customerReference": "PO 4711",
    "lines": [
        {"sku": "CM-BTL-75", "quantity": 10},
        {"sku": "CM-TNT-2", "quantity": 2, "unitPrice": 189.0},
    ],
}
CHANGE = {
    "requestedDate": "2026-12-01",
    "lines": [{"sku": "CM-BTL-75", "quantity": 12}, {"lineId": 84, "quantity": 0}],
}
REASON = {"reason": "The customer asked to wait"}
UNAVAILABLE = {
    "lineId": 84,
    "productId": 82,
    "sku": "CM-TNT-2",
    "product": "[CM-TNT-2] Two-Person Tent",
    "warehouseId": 1,
    "required": 2.0,
    "available": 0.0,
    "shortfall": 2.0,
    "reason": "confirmed as a backorder",
}
ALLOCATED = {
    "lineId": 83,
    "productId": 85,
    "sku": "CM-BTL-75",
    "product": "[CM-BTL-75] Bottle 0.75 l",
    "warehouseId": 1,
    "location": "WH/Stock",
    "quantity": 10.0,
}
LINE = {
    "lineId": 83,
    "productId": 85,
    "sku": "CM-BTL-75",
    "product": "[CM-BTL-75] Bottle 0.75 l",
    "quantity": 10.0,
    "unit": "Units",
    "quantityAllocated": 10.0,
    "quantityDelivered": 0.0,
    "shortfall": 0.0,
    "promisedDate": "2026-11-24",
    "unitPrice": 12.5,
    "subtotal": 125.0,
}
SHORT_LINE = {
    **LINE,
    "lineId": 84,
    "productId": 82,
    "sku": "CM-TNT-2",
    "product": "[CM-TNT-2] Two-Person Tent",
    "quantity": 2.0,
    "quantityAllocated": 0.0,
    "shortfall": 2.0,
    "promisedDate": "2026-12-04",
    "unitPrice": 189.0,
    "subtotal": 378.0,
}
ORDER_HEAD = {
    "orderId": 28,
    "orderNumber": "S00028",
    "status": "PARTIALLY_ALLOCATED",
    "customerId": 57,
    "customer": "Alpine Outfitters",
    "customerReference": "PO 4711",
    "warehouseId": 1,
    "warehouse": "Main Warehouse",
    "orderDate": "2026-11-21T09:00:00Z",
    "requestedDate": None,
    "priority": "medium",
    "allowPartial": True,
    "backorderedSince": "2026-11-21T09:00:00Z",
    "daysPending": 0,
    "holdReason": None,
    "requiresInventoryOverride": False,
    "originalOrderId": None,
    "currency": "USD",
    "amountUntaxed": 503.0,
    "amountTotal": 603.6,
    "shortfall": 2.0,
}
ORDER = {
    **ORDER_HEAD,
    "lines": [LINE, SHORT_LINE],
    "unmatchedItems": [],
    "pendingApprovals": [],
}
ORDER_PAGE = {
    "orders": [ORDER_HEAD],
    "nextCursor": "eyJhZnRlciI6Mjh9",
    "hasMore": True,
}
CANCELLED_ORDER = {
    **ORDER,
    "status": "CANCELLED",
    "backorderedSince": None,
    "shortfall": 0.0,
    "lines": [
        {**line, "quantityAllocated": 0.0, "shortfall": 0.0, "promisedDate": None}
        for line in (LINE, SHORT_LINE)
    ],
}
HELD_ORDER = {
    **ORDER,
    "status": "ON_HOLD",
    "holdReason": "The customer asked to wait",
}
ORDER_RESULT = {
    **ORDER,
    "result": "success",
    "message": "S00028 can be promised.",
    "allocatedItems": [ALLOCATED],
    "unavailableItems": [UNAVAILABLE],
}
BATCH_RESULT = {
    "message": "Batch complete: 1 fulfilled, 1 still backordered, 0 failed",
    "processed": 2,
    "fulfilled": 1,
    "stillBackordered": 1,
    "failed": 0,
    "results": [
        {
            "orderId": 27,
            "orderNumber": "S00027",
            "status": "ALLOCATED",
            "result": "fulfilled",
            "reason": None,
        },
        {
            "orderId": 28,
            "orderNumber": "S00028",
            "status": "PARTIALLY_ALLOCATED",
            "result": "backordered",
            "reason": "Short of 2.0 Units of [CM-TNT-2] Two-Person Tent",
        },
    ],
}
SPLIT_RESULT = {
    "originalOrderId": 28,
    "originalOrderNumber": "S00028",
    "originalStatus": "ALLOCATED",
    "backorderOrderId": 31,
    "backorderOrderNumber": "S00031",
    "shippableItems": [
        {
            "lineId": 83,
            "productId": 85,
            "sku": "CM-BTL-75",
            "product": "[CM-BTL-75] Bottle 0.75 l",
            "quantity": 10.0,
            "unit": "Units",
        }
    ],
    "backorderedItems": [
        {
            "lineId": 91,
            "productId": 82,
            "sku": "CM-TNT-2",
            "product": "[CM-TNT-2] Two-Person Tent",
            "quantity": 2.0,
            "unit": "Units",
        }
    ],
}
AVAILABILITY = {
    "productId": 85,
    "sku": "CM-BTL-75",
    "barcode": "4006381333931",
    "product": "[CM-BTL-75] Bottle 0.75 l",
    "unit": "Units",
    "totalQuantityOnHand": 80.0,
    "reservedUnits": 100.0,
    "incomingUnits": 50.0,
    "backorderedUnits": 20.0,
    "effectiveAvailableUnits": 30.0,
    "availableToPromise": 0.0,
    "locations": [
        {
            "locationId": 8,
            "locationName": "WH/Stock",
            "warehouseId": 1,
            "kind": "pickable",
            "quantityOnHand": 80.0,
            "reservedQuantity": 80.0,
            "availableQuantity": 0.0,
        }
    ],
    "warehouses": [
        {
            "warehouseId": 1,
            "warehouse": "Main Warehouse",
            "onHand": 80.0,
            "pickable": 80.0,
            "inbound": 0.0,
            "outbound": 0.0,
            "quarantined": 0.0,
            "negative": 0.0,
            "committed": 100.0,
            "reservedUnits": 100.0,
            "held": 0.0,
            "safetyStock": 0.0,
            "locked": 0.0,
            "incoming": 50.0,
            "atp": -20.0,
            "displayed": 0.0,
            "shortage": 20.0,
            "backordered": 20.0,
            "effective": 30.0,
            "explanation": None,
        }
    ],
}
BACKORDERS = {
    "stats": {
        "totalBackorderedOrders": 1,
        "ordersOnHold": 0,
        "totalSkus": 1,
        "oldestDaysPending": 3,
        "totalShortfall": 2.0,
        "shortageValue": 378.0,
        "onHoldShortfall": 0.0,
        "onHoldValue": 0.0,
        "currency": "USD",
    },
    "bySku": [
        {
            "productId": 82,
            "sku": "CM-TNT-2",
            "product": "[CM-TNT-2] Two-Person Tent",
            "unit": "Units",
            "warehouseId": 1,
            "warehouse": "Main Warehouse",
            "ordersWaiting": 1,
            "quantityNeeded": 2.0,
            "quantityAvailable": 0.0,
            "quantityInbound": 0.0,
            "shortfall": 2.0,
            "ordersOnHold": 0,
            "onHoldShortfall": 0.0,
            "fillPercent": 0.0,
            "incoming": 10.0,
            "earliestArrival": "2026-12-04T12:00:00Z",
            "toPurchase": 0.0,
            "resolution": "resolvable",
        }
    ],
    "orders": [
        {
            "orderId": 28,
            "orderNumber": "S00028",
            "customerId": 57,
            "customer": "Alpine Outfitters",
            "status": "PARTIALLY_ALLOCATED",
            "priority": "medium",
            "daysPending": 3,
            "backorderedSince": "2026-11-18T09:00:00Z",
            "holdReason": None,
            "shortfall": 2.0,
            "items": [
                {
                    name: SHORT_LINE[name]
                    for name in (
                        "lineId",
                        "productId",
                        "sku",
                        "product",
                        "quantity",
                        "unit",
                        "quantityAllocated",
                        "shortfall",
                        "promisedDate",
                    )
                }
            ],
        }
    ],
    "totalOrders": 1,
    "totalSkus": 1,
    "nextCursor": None,
    "hasMore": False,
}
BACKORDER_REPORT = {
    "totalBackorders": 1,
    "totalShortfall": 2.0,
    "totalValue": 378.0,
    "currency": "USD",
    "byPriority": [
        {"priority": "medium", "orders": 1, "shortfall": 2.0, "value": 378.0}
    ],
    "byStatus": [
        {
            "status": "PARTIALLY_ALLOCATED",
            "orders": 1,
            "shortfall": 2.0,
            "value": 378.0,
        }
    ],
    "filledBackorders": 14,
    "averageHours": 61.5,
}
EVENTS = {
    "events": [
        {
            "id": 151,
            "type": "order:backordered",
            "date": "2026-11-21T09:00:00Z",
            "companyId": 1,
            "userId": 6,
            "user": "Sam Sales",
            "orderId": 28,
            "orderNumber": "S00028",
            "productId": None,
            "product": None,
            "warehouseId": 1,
            "warehouse": "Main Warehouse",
            "quantity": 2.0,
            "value": 378.0,
            "reason": None,
            "triggerSource": None,
            "payload": {
                "orderId": 28,
                "previousStatus": "none",
                "newStatus": "backordered",
            },
        }
    ],
    "nextCursor": 151,
    "hasMore": False,
}

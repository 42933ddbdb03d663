# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Availability of a product."""

import datetime

from pydantic import Field

from .common import Schema


class LocationAvailability(Schema):
    location_id: int
    location_name: str
    warehouse_id: int
    kind: str = Field(description="`pickable`, `inbound`, `outbound` or `quarantine`.")
    quantity_on_hand: float
    reserved_quantity: float
    available_quantity: float = Field(description="On hand less reserved; signed.")


class Document(Schema):
    label: str | None = None
    quantity: float
    date: datetime.date | None = None


class Figure(Schema):
    name: str
    label: str
    quantity: float = Field(description="Signed.")
    is_total: bool
    documents: list[Document]


class WarehouseAvailability(Schema):
    """All components, as defined in `docs/concepts.md`."""

    warehouse_id: int
    warehouse: str
    on_hand: float
    pickable: float
    inbound: float
    outbound: float
    quarantined: float
    negative: float
    committed: float
    reserved_units: float
    held: float
    safety_stock: float
    locked: float
    incoming: float
    atp: float = Field(description="Available to promise; signed.")
    displayed: float = Field(description="The same, never below zero.")
    shortage: float
    backordered: float
    effective: float
    explanation: list[Figure] | None = Field(
        None, description="Step by step, if requested with `explain`."
    )


class Availability(Schema):
    """All quantities are in the product's unit, summed over the warehouses."""

    product_id: int
    sku: str | None = Field(description="The internal reference.")
    barcode: str | None
    product: str
    unit: str
    total_quantity_on_hand: float
    reserved_units: float
    incoming_units: float
    backordered_units: float = Field(
        description="Reserved beyond what is on hand, warehouse by warehouse."
    )
    effective_available_units: float = Field(
        description="On hand, less reserved, plus incoming; signed."
    )
    available_to_promise: float = Field(description="Never below zero.")
    locations: list[LocationAvailability]
    warehouses: list[WarehouseAvailability]

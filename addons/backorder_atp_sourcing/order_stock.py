# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Free supply of all warehouses for the lines of one order, one after the other."""


class OrderStock:
    """The stock that an order may take from the warehouses of its company.

    A line needs ``{product: quantity}`` in a warehouse: its product, or the components
    of a kit, of which the scarcest is decisive.
    """

    def __init__(self, supplies, warehouses, substitutes):
        """
        :param supplies: ``{(product_id, warehouse_id): PromiseSupply}``, not modified
        :param warehouses: the warehouses that lines may be shipped from
        :param substitutes: ``{product: [(substitute, note)]}``
        """
        self._supplies = supplies
        self._taken = {}
        self._components = {}
        self.warehouses = warehouses
        self.substitutes = substitutes

    def clone(self):
        other = OrderStock(self._supplies, self.warehouses, self.substitutes)
        other._taken = {key: supply.clone() for key, supply in self._taken.items()}
        other._components = self._components
        return other

    def get_components(self, line):
        """Return ``{product: quantity}`` that the line needs."""
        if line not in self._components:
            self._components[line] = line._get_open_components()
        return self._components[line]

    def get_warehouses(self, company):
        return self.warehouses.filtered(
            lambda warehouse: warehouse.company_id == company
        )

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def get_share(self, components, warehouse, day):
        """Return the share that can be promised for ``day``, from 0 to 1."""
        return min(
            (
                min(1.0, self.get_available(product, warehouse, day) / quantity)
                for product, quantity in components.items()
            ),
            default=1.0,
        )

    def get_available(self, product, warehouse, day):
        """Return what can be promised for ``day``, in the product's unit."""
        return self._get_supply(product, warehouse).free.get_available(day)

    def find(self, components, warehouse):
        """Return the first day on which everything can be promised, or None."""
        days = [
            self._get_supply(product, warehouse).free.find(quantity)
            for product, quantity in components.items()
        ]
        return None if None in days else max(days, default=None)

    def get_earliest(self, components, warehouse):
        """Return the day before which uncovered components cannot be complete."""
        days = [
            self._get_supply(product, warehouse).get_earliest()
            for product in components
        ]
        return max(filter(None, days), default=None)

    # ------------------------------------------------------------------
    # Taking
    # ------------------------------------------------------------------

    def take(self, line, warehouse, day, part=1.0):
        """Take this part of a line from the supply."""
        for product, quantity in self.get_components(line).items():
            self._get_supply(product, warehouse).take(quantity * part, day)

    def _get_supply(self, product, warehouse):
        key = product.id, warehouse.id
        if key not in self._taken:
            self._taken[key] = self._supplies[key].clone()
        return self._taken[key]

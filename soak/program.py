"""Programs that use the HTTP API, and repeat a third of what they send."""

from actors import Actor, new


class Program(Actor):
    """Sends each order with an idempotency key until it knows the answer."""

    def order(self):
        token = self.make_token()
        body = {
            "customerId": self.random.choice(self.place.customers),
            "customerReference": token,
            "warehouseId": self.get_warehouse()["id"],
            "lines": [
                {
                    "productId": self.choose("HOT", "HOT", "COLD"),
                    "quantity": self.random.choice([1, 1, 2]),
                }
            ],
        }
        effect = new("sale_order", "client_order_ref", token)
        answer = self.post("api order", "/orders", body, token, [effect])
        if answer:
            self.memory.append(answer.value["orderId"])

    def post(self, name, path, body, key, effects=()):
        answer = self.make(
            name,
            list(effects),
            lambda: self.client.request("POST", path, body, key),
            repeat=True,
        )
        if answer and self.random.random() < 1 / 3:
            self.repeat(name, path, body, key, answer)
        return answer

    def repeat(self, name, path, body, key, first):
        """The same request again must do nothing, and get the same answer."""
        again = self.make(
            f"{name} again",
            [],
            lambda: self.client.request("POST", path, body, key),
            repeat=True,
        )
        if again.value != first.value:
            self.history.note(
                "unlike", actor=self.name, key=key, first=first.value, again=again.value
            )

    def allocate(self):
        if self.memory:
            order = self.random.choice(self.memory)
            path = f"/orders/{order}/allocate"
            self.post("api allocate", path, {}, self.make_token())

    def ask(self):
        self.client.request("GET", f"/inventory/{self.choose('HOT')}/availability")

from .template import Template


class MoveToOnline(Template):
    """Orders that customers place or accept themselves earn, larger ones more."""

    expiry_months = 12

    def name(self):
        return self.env._("Move to online")

    def prepare_rules(self):
        online = {
            "channel_web": True,
            "channel_portal": True,
            **self.prepare_what(),
        }
        return [
            {
                "name": self.env._("Order placed online"),
                "sequence": 10,
                "effect": "order",
                "points": 100,
                **online,
            },
            {
                "name": self.env._("Larger orders online"),
                "sequence": 20,
                "effect": "step",
                "points": 100,
                "amount": 1000 * self.unit,
                **online,
            },
        ]

from .template import Template


class PointsForInvoices(Template):
    """Every purchase earns by its net amount."""

    def name(self):
        return self.env._("Points for invoices")

    def prepare_rules(self):
        return [
            {
                "name": self.env._("Every purchase")
                if self.wizard.scope == "all"
                else self.env._("Chosen products"),
                "points": 1,
                "amount": self.unit,
                **self.prepare_what(),
            }
        ]

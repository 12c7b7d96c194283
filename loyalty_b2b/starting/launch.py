from .template import Template


class LaunchOfProducts(Template):
    """New products earn well for some months, up to a limit per customer."""

    expiry_months = 12
    needs_products = True

    def name(self):
        return self.env._("Launch of new products")

    def prepare_rules(self):
        wizard = self.wizard
        return [
            {
                "name": self.env._("New products"),
                "points": 5,
                "amount": self.unit,
                "date_start": wizard._get_first_day(),
                "date_end": wizard.date_end,
                "cap_points": wizard.cap_points,
                "cap_period": "lifetime",
                **self.prepare_what(),
            }
        ]

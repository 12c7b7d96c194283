"""How the demo shop is paid: simulated payments and wire transfers, if installed."""

# Addon → code and state of its provider.
PROVIDERS = {
    "payment_demo": ("demo", "test"),
    "payment_custom": ("custom", "enabled"),
}


def prepare(company):
    """Publish a company's payment providers, where their addons are installed.

    :param company: `res.company` of the demo data.
    """
    modules = company.env["ir.module.module"].sudo()
    for name, (code, state) in PROVIDERS.items():
        if modules._get(name).state == "installed":
            _get_provider(company, code).write({"state": state, "is_published": True})


def _get_provider(company, code):
    """Return the company's provider; one copied from another company if it has none."""
    providers = company.env["payment.provider"].sudo()
    of_code = providers.search([("code", "=", code)])
    own = of_code.filtered(lambda one: one.company_id == company)[:1]
    return own or of_code[:1].copy({"company_id": company.id})

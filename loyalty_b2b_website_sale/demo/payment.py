"""How the demo shop is paid: simulated payments and wire transfers, if installed."""

# Addon → its provider in the main company, and the state that the shop's own gets.
PROVIDERS = {
    "payment_demo": ("payment.payment_provider_demo", "test"),
    "payment_custom": ("payment.payment_provider_transfer", "enabled"),
}
# For transfers; an example of the standard on account numbers, nobody's own.
IBAN = "PL61109010140000071219812874"


def prepare(company):
    """Publish a company's payment providers, where their addons are installed.

    :param company: `res.company` of the demo data.
    """
    modules = company.env["ir.module.module"].sudo()
    for name, (xmlid, state) in PROVIDERS.items():
        if modules._get(name).state == "installed":
            provider = _get_provider(company, xmlid)
            provider.write({"state": state, "is_published": True})
            if name == "payment_custom":
                _prepare_transfer(provider)


def _get_provider(company, xmlid):
    """Return the company's own of a provider; a copy if it has none."""
    original = company.env.ref(xmlid).sudo().with_context(active_test=False)
    own = original.search(
        [("company_id", "=", company.id), ("code", "=", original.code)]
    ).filtered(lambda one: one.payment_method_ids == original.payment_method_ids)
    return own[:1] or original.copy({"company_id": company.id})


def _prepare_transfer(provider):
    """Let customers read which account to transfer to."""
    journal = provider.journal_id.sudo()
    if journal and not journal.bank_account_id:
        journal.set_bank_account(IBAN)
        provider.action_recompute_pending_msg()

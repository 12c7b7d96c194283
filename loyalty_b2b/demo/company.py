"""The distributor's books: a chart of accounts and Polish VAT."""

from odoo import Command


def prepare(company):
    """Give the company accounts, journals and VAT rates, where it has none.

    :param company: `res.company` of the demo data.
    """
    env = company.env
    if not company.chart_template:
        polish = env.ref("base.module_l10n_pl", raise_if_not_found=False)
        installed = polish and polish.state == "installed"
        # `try_loading` would warn that the registry is still being loaded
        env["account.chart.template"]._load(
            "pl" if installed else "generic_coa", company, install_demo=False
        )
        # the generic chart is American and brings dollars
        company.account_fiscal_country_id = env.ref("base.pl")
        company.currency_id = env.ref("base.PLN")
    taxes = {percent: _get_vat(company, percent) for percent in (23, 8)}
    company.account_sale_tax_id = taxes[23]
    return taxes


def _get_vat(company, percent):
    env = company.with_company(company).env
    xmlid = f"loyalty_b2b.demo_vat_{percent}"
    tax = env.ref(xmlid, raise_if_not_found=False)
    if not tax:
        tax = env["account.tax"].search(
            [
                ("company_id", "=", company.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "=", percent),
                ("country_id", "=", company.account_fiscal_country_id.id),
            ],
            limit=1,
        ) or _create_vat(company, percent)
        env["ir.model.data"]._update_xmlids(
            [{"xml_id": xmlid, "record": tax, "noupdate": True}]
        )
    return tax


def _create_vat(company, percent):
    env = company.with_company(company).env
    country = company.account_fiscal_country_id
    group = env["account.tax.group"].create(
        {
            "name": f"VAT {percent}%",
            "company_id": company.id,
            "country_id": country.id,
        }
    )
    account = (
        env["account.tax"]
        .search(
            [("company_id", "=", company.id), ("type_tax_use", "=", "sale")], limit=1
        )
        .invoice_repartition_line_ids.account_id
    )
    return env["account.tax"].create(
        {
            "name": f"{percent}%",
            "description": f"VAT {percent}%",
            "invoice_label": f"VAT {percent}%",
            "amount": percent,
            "type_tax_use": "sale",
            "price_include_override": "tax_excluded",
            "tax_group_id": group.id,
            "country_id": country.id,
            "company_id": company.id,
            "invoice_repartition_line_ids": _prepare_repartition(account),
            "refund_repartition_line_ids": _prepare_repartition(account),
        }
    )


def _prepare_repartition(account):
    return [
        Command.create({"repartition_type": "base"}),
        Command.create({"repartition_type": "tax", "account_id": account[:1].id}),
    ]

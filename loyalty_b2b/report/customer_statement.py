from odoo import models
from odoo.tools.image import image_data_uri


class ReportCustomerStatement(models.AbstractModel):
    """The statement of a wallet on paper, in the programme's look."""

    _name = "report.loyalty_b2b.report_customer_statement"
    _description = "B2B Loyalty Customer Statement"

    def _get_report_values(self, docids, data=None):
        """Return what the paper shows.

        :param list docids: wallets, checked: anybody may ask for any report.
        :param dict data: first and last day as texts; the last quarter by default.
        """
        wallets = self.env["loyalty.b2b.wallet"].browse(docids)
        wallets.check_access("read")
        term = [(data or {}).get(name) for name in ("first", "last")]
        return {
            "doc_ids": docids,
            "doc_model": wallets._name,
            "docs": wallets,
            "statements": [
                wallet._get_statement(*wallet._read_statement_term(*term))
                for wallet in wallets
            ],
            "looks": [self._prepare_look(wallet) for wallet in wallets],
        }

    def _prepare_look(self, wallet):
        program = wallet.sudo().program_id
        logo = program.logo or program.company_id.logo_web
        return {
            **program._prepare_portal_program(),
            "logo": image_data_uri(logo) if logo else "",
            "company": program.company_id.name,
            "address": self._get_address(program.company_id),
            "tax_id": program.company_id.vat or "",
            "customer": wallet.sudo().partner_id.name,
            "customer_address": self._get_address(wallet.sudo().partner_id),
            "customer_tax_id": wallet.sudo().partner_id.vat or "",
        }

    def _get_address(self, party):
        town = " ".join(part for part in (party.zip, party.city) if part)
        return ", ".join(part for part in (party.street, town) if part)

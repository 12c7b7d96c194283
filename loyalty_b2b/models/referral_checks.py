from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_domain_extract

from .loyalty_b2b_referral import ENDED

# Domains of providers at which strangers share a domain.
PUBLIC_DOMAINS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com
    icloud.com me.com mac.com aol.com mail.com gmx.com gmx.de gmx.net web.de
    t-online.de freenet.de proton.me protonmail.com pm.me zoho.com yandex.com
    wp.pl o2.pl onet.pl op.pl poczta.onet.pl onet.eu vp.pl interia.pl interia.eu
    poczta.fm gazeta.pl tlen.pl go2.pl neostrada.pl orange.pl spoko.pl buziaczek.pl
    seznam.cz centrum.cz email.cz azet.sk centrum.sk freemail.hu ukr.net i.ua
    orange.fr free.fr laposte.net sfr.fr wanadoo.fr libero.it virgilio.it tiscali.it
    telenet.be skynet.be ziggo.nl home.nl hotmail.fr hotmail.co.uk yahoo.co.uk
    yahoo.fr yahoo.de live.fr live.co.uk btinternet.com inbox.lv abv.bg mail.ru
    bk.ru list.ru qq.com 163.com 126.com
    """.split()
)
# In the order in which they are looked at.
REFUSALS = (
    "own_company",
    "own_tax_id",
    "own_domain",
    "cycle",
    "takes_part",
    "customer",
)
TWICE = "twice"


class LoyaltyB2bReferral(models.Model):
    """What cannot be recommended, and why not."""

    _inherit = "loyalty.b2b.referral"

    # === BUSINESS METHODS === #

    def _refuse(self, code, reason=""):
        """End a referral; it is kept with its reason.

        :param str code: of `_get_refusal_texts`, or `staff`.
        :param str reason: in words, if staff say why.
        """
        text = reason or self._get_refusal_texts().get(code, "")
        self.write({"state": "refused", "refusal": code, "reason": text})

    def _get_refusal(self, partner=None):
        """Return the code of why the company cannot be recommended, or ''.

        :param partner: contact of the company, if it is known which one it is.
        """
        self.ensure_one()
        known = self._find_known(partner)
        for code in REFUSALS:
            if getattr(self, f"_is_{code}")(known):
                return code
        return TWICE if self._find_twins(known) else ""

    def _get_refusal_texts(self):
        """Return code → why a company cannot be recommended, for staff."""
        return {
            "own_company": self.env._("It is the recommending company itself."),
            "own_tax_id": self.env._("It has the tax id of the recommending company."),
            "own_domain": self.env._(
                "Its e-mail address is of the recommending company."
            ),
            "cycle": self.env._("It brought the recommending company itself."),
            "takes_part": self.env._("It takes part in the programme already."),
            "customer": self.env._("It bought from us before it was recommended."),
            "twice": self.env._("It has been recommended already."),
            "limit": self.env._(
                "The recommending company has reached its limit for this year."
            ),
        }

    # === WHO IT IS === #

    def _find_known(self, partner=None):
        """Return the companies among our contacts that this one may be.

        By the contact chosen, by e-mail address, and by tax id.
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        found = partners.browse((partner or self.partner_id).ids)
        if self.email_normalized:
            found |= partners.search(
                [("email_normalized", "=", self.email_normalized)], limit=50
            )
        if self.tax_key:
            found |= partners.browse(self._query_by_tax_id())
        owners = found._get_loyalty_b2b_owner()
        # a branch without a tax id of its own takes part with the company above
        parents = owners.filtered(
            lambda p: p.parent_id and not p._get_loyalty_b2b_tax_id()
        ).parent_id
        return owners | parents._get_loyalty_b2b_owner()

    def _query_by_tax_id(self):
        """Return the contacts with this tax id, however it is spelled."""
        country, number = self.tax_key.split(":", 1)
        self.env["res.partner"].flush_model(["vat", "country_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE vat IS NOT NULL"
                " AND REGEXP_REPLACE(UPPER(vat), '[^0-9A-Z]', '', 'g') = ANY(%s)",
                [number, country + number],
            )
        )
        partners = self.env["res.partner"].sudo().browse([row[0] for row in rows])
        same = partners.filtered(lambda p: p._get_loyalty_b2b_tax_id() == self.tax_key)
        return same.ids

    def _get_tax_keys(self, known):
        """Return the tax ids that the company has, as far as we know."""
        keys = {company._get_loyalty_b2b_tax_id() for company in known}
        return (keys | {self.tax_key}) - {"", False}

    def _get_own_companies(self):
        """Return the companies of the wallet that recommends."""
        wallet = self.wallet_id
        return wallet.partner_id | wallet.participant_ids.partner_id

    # === REFUSALS === #

    def _is_own_company(self, known):
        return bool(known & self._get_own_companies())

    def _is_own_tax_id(self, known):
        own = self._get_own_companies()
        tax_ids = {company._get_loyalty_b2b_tax_id() for company in own}
        tax_ids.update(self.wallet_id.participant_ids.mapped("tax_id"))
        return bool(self._get_tax_keys(known) & tax_ids)

    def _is_own_domain(self, known):
        domains = self._get_domains([self.email, *known.mapped("email")])
        if not domains:
            return False
        own = self._get_own_companies()
        people = self.env["res.partner"].sudo()
        people = people.search(
            [("commercial_partner_id", "in", own.ids), ("email", "!=", False)]
        )
        addresses = [*people.mapped("email"), self.inviter_id.email]
        return bool(domains & self._get_domains(addresses))

    def _get_domains(self, addresses):
        """Return the domains of e-mail addresses that tell companies apart."""
        domains = {email_domain_extract(address) for address in addresses if address}
        return {domain.lower() for domain in domains if domain} - PUBLIC_DOMAINS

    def _is_cycle(self, known):
        """Tell whether the company brought the recommending one, or its like did."""
        referrals = self.sudo()
        wallet, seen = self.wallet_id, self.env["loyalty.b2b.wallet"].sudo()
        while wallet and wallet not in seen:
            seen |= wallet
            brought = referrals.search(
                [("referred_wallet_id", "=", wallet.id), ("state", "!=", "refused")],
                limit=1,
            )
            wallet = brought.wallet_id
            if known & (wallet.partner_id | wallet.participant_ids.partner_id):
                return True
        return False

    def _is_takes_part(self, known):
        same = Domain("partner_id", "in", known.ids) | Domain(
            "tax_id", "in", sorted(self._get_tax_keys(known))
        )
        participants = self.env["loyalty.b2b.participant"].sudo()
        domain = same & Domain("program_id", "=", self.program_id.id)
        return bool(participants.search_count(domain, limit=1))

    def _is_customer(self, known):
        """Tell whether the company was invoiced before it was recommended."""
        moment = self.create_date or fields.Datetime.now()
        before = Domain("create_date", "<", moment) | Domain(
            "invoice_date", "<", self.program_id._local_day(moment)
        )
        domain = before & Domain(
            [
                ("commercial_partner_id", "in", known.ids),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return bool(self.env["account.move"].sudo().search_count(domain, limit=1))

    def _find_twins(self, known):
        """Return other referrals of the same company that stand."""
        same = Domain("partner_id", "in", known.ids) | Domain(
            "tax_key", "in", sorted(self._get_tax_keys(known))
        )
        if self.email_normalized:
            same |= Domain("email_normalized", "=", self.email_normalized)
        domains = self._get_domains([self.email])
        for domain in domains:
            same |= Domain("email_normalized", "=like", f"%@{domain}")
        domain = same & Domain(
            [
                ("program_id", "=", self.program_id.id),
                ("state", "not in", ENDED),
                ("id", "!=", self._origin.id),
            ]
        )
        return self.sudo().search(domain, limit=1)

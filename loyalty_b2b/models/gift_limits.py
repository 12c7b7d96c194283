import unicodedata

from odoo import api, models

from ..tools.refusals import Refusal

# Gifts that count: those which somebody still has to agree to have their place.
COUNTED_STATES = ("approve", "reserved", "done", "fulfilled")


class LoyaltyB2bGift(models.Model):
    """What a person, and a customer, may still get this year. Records are in sudo."""

    _inherit = "loyalty.b2b.gift"

    # === BUSINESS METHODS === #

    @api.model
    def _get_name_key(self, name):
        """Return a name as it counts: “Nowak  ANNA” and “Anna Nowak” are one person.

        Accents are left out, too: who types a name does not always type them.
        """
        text = unicodedata.normalize("NFKD", (name or "").casefold())
        text = text.replace("\N{LATIN SMALL LETTER L WITH STROKE}", "l")
        plain = "".join(
            letter if letter.isalnum() else " "
            for letter in text
            if not unicodedata.combining(letter)
        )
        return " ".join(sorted(plain.split()))

    def _get_counted_domain(self):
        """Return the domain of the other gifts of this seller in the same year."""
        return [
            ("company_id", "=", self._get_company().id),
            ("year", "=", str(self.date.year)),
            ("redemption_id.state", "in", COUNTED_STATES),
            ("id", "not in", self.ids),
        ]

    def _get_company(self):
        """Return the seller; also of a gift that is not saved yet."""
        return self.redemption_id.company_id or self.env.company

    def _get_person_domain(self):
        """Return the domain of what this person got; by contact, or by name."""
        named = [
            ("owner_id", "=", self.owner_id.id),
            ("name_key", "=", self.name_key),
        ]
        if self.partner_id:
            return ["|", ("partner_id", "=", self.partner_id.id), "&", *named]
        return named

    def _get_used(self):
        """Return what counts already in the year of this gift.

        :return: number and value of the person's, and value of the customer's gifts,
            in the currency of the seller.
        """
        self.ensure_one()
        gifts = self.env["loyalty.b2b.gift"].sudo()
        counted = self._get_counted_domain()
        aggregates = ["quantity:sum", "value:sum"]
        ((number, value),) = gifts._read_group(
            counted + self._get_person_domain(), aggregates=aggregates
        )
        ((_number, whole),) = gifts._read_group(
            [*counted, ("owner_id", "=", self.owner_id.id)], aggregates=aggregates
        )
        return number or 0, value or 0.0, whole or 0.0

    def _get_refusals(self):
        """Return why this gift cannot be given; nothing if it can.

        :return: list of `Refusal`, the gravest first.
        """
        self.ensure_one()
        company = self._get_company()
        if not company.loyalty_b2b_gifts:
            return [Refusal("gift", self.env._("Personal gifts are switched off."))]
        if refusal := self._refuse_public(company):
            return [refusal]
        number, value, whole = self._get_used()
        checks = (
            self._refuse_count(company, number),
            self._refuse_person(company, value),
            self._refuse_customer(company, whole),
            self._refuse_consent(),
        )
        return [refusal for refusal in checks if refusal]

    def _refuse_public(self, company):
        people = self.owner_id | self.partner_id
        if self.status != "public" and not company._is_loyalty_b2b_public(people):
            return None
        text = self.env._(
            "%(person)s belongs to the public sector and gets no gifts.",
            person=self.name or self.owner_id.name,
        )
        return Refusal("public", text)

    def _refuse_count(self, company, number):
        most = company.loyalty_b2b_gift_count
        if number + self.quantity <= most:
            return None
        text = self.env._(
            "%(person)s has got %(number)s of %(most)s gifts in %(year)s: another one"
            " is possible in %(next)s.",
            person=self.name,
            number=number,
            most=most,
            year=self.date.year,
            next=self.date.year + 1,
        )
        return Refusal("gift", text)

    def _refuse_person(self, company, value):
        limit, currency = company.loyalty_b2b_gift_person_limit, company.currency_id
        if currency.compare_amounts(value + self.value, limit) <= 0:
            return None
        text = self.env._(
            "Gifts to %(person)s may be worth %(limit)s in %(year)s: %(left)s is left,"
            " and this one is worth %(value)s.",
            person=self.name,
            limit=currency.format(limit),
            year=self.date.year,
            left=currency.format(max(0.0, limit - value)),
            value=currency.format(self.value),
        )
        return Refusal("gift", text)

    def _refuse_customer(self, company, whole):
        limit, currency = company.loyalty_b2b_gift_company_limit, company.currency_id
        if currency.compare_amounts(whole + self.value, limit) <= 0:
            return None
        text = self.env._(
            "Gifts to people of %(customer)s may be worth %(limit)s in %(year)s:"
            " %(left)s is left, and this one is worth %(value)s.",
            customer=self.owner_id.name,
            limit=currency.format(limit),
            year=self.date.year,
            left=currency.format(max(0.0, limit - whole)),
            value=currency.format(self.value),
        )
        return Refusal("gift", text)

    def _refuse_consent(self):
        """Refuse that somebody agrees for the company to what he gets himself."""
        if self.status == "owner" or not self.consent_name:
            return None
        if self._get_name_key(self.consent_name) != self.name_key:
            return None
        text = self.env._(
            "%(person)s cannot agree for the company to a gift to himself: somebody"
            " else of the company does.",
            person=self.name,
        )
        return Refusal("gift", text)

    def _get_left_text(self):
        """Say what person and customer may still get this year, without this one."""
        self.ensure_one()
        company = self._get_company()
        number, value, whole = self._get_used()
        format_money = company.currency_id.format
        person, customer = (
            company.loyalty_b2b_gift_person_limit,
            company.loyalty_b2b_gift_company_limit,
        )
        return self.env._(
            "In %(year)s, %(person)s has got %(number)s of %(most)s gifts; %(left)s of"
            " %(limit)s is left. For %(customer)s in all, %(whole)s of %(all)s is"
            " left.",
            year=self.date.year,
            person=self.name,
            number=number,
            most=company.loyalty_b2b_gift_count,
            left=format_money(max(0.0, person - value)),
            limit=format_money(person),
            customer=self.owner_id.name,
            whole=format_money(max(0.0, customer - whole)),
            all=format_money(customer),
        )

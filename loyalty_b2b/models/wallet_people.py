from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .res_partner_portal import VISIBLE_PROGRAM_STATES

NOBODY = "loyalty_b2b.mail_activity_type_nobody"


class LoyaltyB2bWallet(models.Model):
    """The people of a wallet, and the only doors to what they may do."""

    _inherit = "loyalty.b2b.wallet"

    person_ids = fields.One2many(
        comodel_name="loyalty.b2b.person",
        inverse_name="wallet_id",
        string="People",
        readonly=True,
    )

    # === WHO MAY WHAT === #

    def _get_people_domain(self):
        """Return the domain of the rows of persons that hold."""
        return Domain("wallet_id", "in", self.ids) & Domain("date_end", "=", False)

    def _get_person(self, partner):
        """Return the row of a person that holds today, in sudo; empty if none does.

        It says nothing of a person who was archived or went to another company: ask
        `_get_loyalty_b2b_role` whether he may do something.

        :param partner: one `res.partner`.
        """
        domain = self._get_people_domain() & Domain("partner_id", "=", partner.id)
        people = self.env["loyalty.b2b.person"].sudo()
        return people.search(domain, limit=1) if partner else people

    def _get_administrators(self):
        """Return the persons who administer the wallet today, as `res.partner`."""
        self.ensure_one()
        wallet = self.sudo()
        is_open = (
            wallet.state != "left"
            and not wallet.is_control
            and wallet.program_id.state in VISIBLE_PROGRAM_STATES
        )
        if not is_open:
            return self.env["res.partner"]
        domain = self._get_people_domain() & Domain("role", "=", "administers")
        people = self.env["loyalty.b2b.person"].sudo()
        people = people.search_fetch(domain, ["partner_id"])
        return wallet._filter_belonging(people.partner_id)

    def _filter_belonging(self, partners):
        """Return those persons whose company takes part today, in sudo."""
        self.ensure_one()
        today = self.sudo().program_id._today()
        participants = self.env["loyalty.b2b.participant"].sudo()
        companies = participants.search_fetch(
            Domain("wallet_id", "=", self.id)
            & Domain("date_start", "<=", today)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today)),
            ["partner_id"],
        ).partner_id
        return partners.sudo().filtered(
            lambda one: one.active and one._get_loyalty_b2b_owner() in companies
        )

    # === DOORS === #

    def _grant(self, partner, role, limit_order=0, limit_month=0, reason="", by=None):
        """Give a person a role, in place of the one he has, which stays as history.

        The caller has checked who gives it. What a person has already is not given
        again. Locks the wallet, so that nobody uses points by a role that he loses,
        and two who give at once are run one after the other.

        :param partner: `res.partner` of a company that takes part today.
        :param str role: of `ROLES`.
        :param int limit_order: most points per order without asking; 0: no limit.
            Kept only where the role is to use points, or more.
        :param int limit_month: the same for a calendar month.
        :param str reason: why; a plain sentence.
        :param by: `res.partner` who gives it; the user by default.
        :return: the row that holds, in sudo.
        :raises UserError: with what stands against it.
        """
        self.ensure_one()
        people = self.env["loyalty.b2b.person"].sudo()
        terms = people._prepare_terms(role, limit_order, limit_month)
        refusal = self._get_grant_refusal(partner)
        if refusal:
            raise UserError(refusal)
        before = self._get_person(partner)
        if before and all(before[name] == value for name, value in terms.items()):
            return before
        self._lock()
        by = by or self.env.user.partner_id
        before._end(reason, by)
        person = people.create(
            {
                **terms,
                "wallet_id": self.id,
                "partner_id": partner.id,
                "name": partner.sudo().name,
                "date_start": self.sudo().program_id._today(),
                "reason": reason or False,
                "granted_by_id": by.id,
                "granted_by_name": by.sudo().name,
            }
        )
        person._log_in_wallet(person._get_news_granted())
        self._note_administrators(before, person)
        return person

    def _revoke(self, partner, reason="", by=None):
        """Take a person's role back: he has the colleagues' from now on.

        The caller has checked who takes it; see `_grant`.

        :param partner: `res.partner`, of whatever company by now.
        :return: the row that has ended, in sudo; empty if there was none.
        """
        self.ensure_one()
        person = self._get_person(partner)
        if person:
            self._lock()
            person._end(reason, by or self.env.user.partner_id)
            person._log_in_wallet(person._get_news_ended())
            self._note_administrators(person, person.browse())
        return person

    def _get_grant_refusal(self, partner):
        """Return why a person cannot be given a role, or ''."""
        wallet, person = self.sudo(), partner.sudo()
        name = person.display_name or ""
        if wallet.state == "left" or wallet.merged_into_id:
            return self.env._(
                "%(customer)s does not take part any more.",
                customer=wallet.partner_id.display_name,
            )
        if not person or person.is_company or not person.name:
            return self.env._(
                "Roles are given to persons: choose a contact of the company instead of"
                " “%(name)s”.",
                name=name,
            )
        if not person.active:
            return self.env._("%(name)s is archived.", name=name)
        if not wallet._filter_belonging(person):
            return self.env._(
                "%(name)s does not belong to a company that takes part in the wallet of"
                " %(customer)s.",
                name=name,
                customer=wallet.partner_id.display_name,
            )
        return ""

    # === WITHOUT ADMINISTRATORS === #

    def _note_administrators(self, before, after):
        """Tell staff when the last one who decides has gone, until there is one.

        :param before: row of a person that has ended, if any.
        :param after: the one that holds instead, if any.
        """
        wallet = self._with_staff_lang()
        if after.role == "administers":
            wallet.activity_unlink([NOBODY])
        elif before.role == "administers" and not wallet._has_administrator_rows():
            wallet.activity_schedule(
                NOBODY,
                note=plaintext2html(
                    wallet.env._(
                        "%(person)s was the last one at %(customer)s who decides about"
                        " points. Give somebody else the role, or wishes above a limit"
                        " wait in vain.",
                        person=before.name,
                        customer=wallet.partner_id.display_name,
                    )
                ),
                user_id=wallet._get_responsible().id,
            )

    def _has_administrator_rows(self):
        domain = self._get_people_domain() & Domain("role", "=", "administers")
        people = self.env["loyalty.b2b.person"].sudo()
        return bool(people.search_count(domain, limit=1))

    def _get_responsible(self):
        """Return the user who takes care of the customer."""
        wallet = self.sudo()
        if wallet.user_id.active:
            return wallet.user_id
        group = wallet.env.ref("loyalty_b2b.group_loyalty_b2b_officer")
        officers = group.all_user_ids.filtered(
            lambda user: user.active and wallet.company_id in user.company_ids
        )
        return officers[:1] or wallet.env.ref("base.user_admin")

    def _with_staff_lang(self):
        """Return the wallet in sudo, in the language of who takes care of it."""
        self.ensure_one()
        return self.sudo().with_context(lang=self._get_responsible().lang)

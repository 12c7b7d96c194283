from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, plaintext2html

from ..tools.plaintext import clean, has_link
from .loyalty_b2b_person import ROLES

MOST_INVITED_A_DAY = 20


class LoyaltyB2bWallet(models.Model):
    """Administrators of the customer invite their colleagues to the portal.

    Called in sudo for a wallet that `res.partner._can_see_loyalty_b2b` allowed.
    """

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _invite_colleague(self, by, values):
        """Give a colleague a role, and access to the portal if he has none.

        Who is known elsewhere, to another company or as staff, gets no mail and no
        access: the account manager looks at it. The inviting person gets the same
        answer and sees the same list.

        :param by: `res.partner` who invites.
        :param dict values: name, email, company_id, role and limits as typed in.
        :return: the colleague, `res.partner` in sudo.
        :raises UserError: in words for who typed it in.
        """
        self.ensure_one()
        self._check_administrator(by)
        texts = self._check_invitation(values)
        self._lock()
        colleague = self._find_colleague(texts["email"])
        if colleague and self._get_person(colleague) and self._get_invited(colleague):
            # the same form twice: what he may do is changed in the list
            return colleague
        if colleague:
            self._check_invited_again(by, colleague, texts)
        self._check_invited_today()
        is_known = self._is_known_elsewhere(texts["email"], colleague)
        if not colleague:
            colleague = self._create_colleague(by, texts)
        person = self._grant(
            colleague,
            texts["role"],
            limit_order=texts["limit_order"],
            limit_month=texts["limit_month"],
            reason=self.env._("Invited by %(name)s", name=by.name),
            by=by,
        )
        person.invited_at = fields.Datetime.now()
        if is_known:
            self._ask_manager_to_invite(by, colleague)
        elif not colleague._has_loyalty_b2b_portal():
            self._give_portal(by, colleague)
        return colleague

    def _check_invitation(self, values):
        """Return what was typed in, checked.

        :raises UserError: in words for who typed it in.
        """
        name, email = clean(values.get("name")), email_normalize(values.get("email"))
        if not name or has_link(name):
            raise UserError(
                self.env._("Enter first and last name, without web addresses.")
            )
        if not email or len(email) > 200:
            raise UserError(self.env._("Enter one valid e-mail address."))
        if values.get("role") not in ROLES:
            raise UserError(self.env._("Choose what the person may do."))
        companies = self._get_portal_companies()
        company = companies.filtered(
            lambda one: str(one.id) == str(values.get("company_id") or "")
        )
        return {
            "name": name,
            "email": email,
            "role": values["role"],
            "company": company or companies[:1],
            "limit_order": self._parse_limit(values.get("limit_order")),
            "limit_month": self._parse_limit(values.get("limit_month")),
        }

    def _check_invited_again(self, by, colleague, texts):
        """Refuse what nobody may change of his own role, see `_change_person`."""
        limits = {name: texts[name] for name in ("limit_order", "limit_month")}
        if texts["role"] != "administers":
            self._check_last(by, colleague, "")
        self._check_own_limits(by, colleague, texts["role"], limits)

    def _check_invited_today(self):
        """Refuse more invitations than may be sent in a day of the programme."""
        program = self.program_id
        start = program._get_day_start(program._today())
        sent = self.env["loyalty.b2b.person"].sudo()
        count = sent.search_count(
            [("wallet_id", "=", self.id), ("invited_at", ">=", start)]
        )
        if count >= MOST_INVITED_A_DAY:
            raise UserError(
                self.env._(
                    "You have invited %(count)s colleagues today. Go on tomorrow.",
                    count=MOST_INVITED_A_DAY,
                )
            )

    def _find_colleague(self, email):
        """Return the person of the companies that take part with an address."""
        domain = self._get_contact_domain() & Domain("email_normalized", "=", email)
        return self.env["res.partner"].sudo().search(domain, limit=1)

    def _get_invited(self, partners):
        """Return the persons that were ever invited, as `res.partner`."""
        people = self.env["loyalty.b2b.person"].sudo()
        return people.search(
            [
                ("wallet_id", "=", self.id),
                ("partner_id", "in", partners.ids),
                ("invited_at", "!=", False),
            ]
        ).partner_id

    def _is_known_elsewhere(self, email, colleague):
        """Tell whether staff have to look at an address.

        That is one of staff, of somebody of another company, or of a person of this
        customer whose access to the portal was taken away.

        :param colleague: person of this customer with the address, if any.
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        users = self.env["res.users"].sudo().with_context(active_test=False)
        owners = self._get_portal_companies()
        same = Domain("email_normalized", "=", email)
        others = same & ~owners._get_loyalty_b2b_owned_domain()
        login = Domain("login", "=", email) | Domain("email", "=", email)
        taken = login & Domain("partner_id", "!=", colleague.id)
        return bool(
            partners.search_count(others, limit=1)
            or users.search_count(taken, limit=1)
            or any(
                # staff took the access away
                user._is_internal() or not user.active
                for user in colleague.with_context(active_test=False).user_ids
            )
        )

    def _create_colleague(self, by, texts):
        return (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": texts["name"],
                    "email": texts["email"],
                    "parent_id": texts["company"].id,
                    "type": "contact",
                    "is_company": False,
                    "lang": by.lang,
                    "company_id": texts["company"].company_id.id,
                }
            )
        )

    def _give_portal(self, by, colleague):
        """Let Odoo's own dialog give access to the portal, and send its mail."""
        reader = self.with_context(lang=colleague.lang or self.env.lang)
        wizard = (
            self.env["portal.wizard"]
            .sudo()
            .with_company(self.company_id)
            .create(
                {
                    "partner_ids": [Command.set(colleague.ids)],
                    "welcome_message": reader._get_welcome_message(by),
                }
            )
        )
        wizard.user_ids.action_grant_access()

    def _get_welcome_message(self, by):
        """Return what Odoo's invitation to the portal says besides."""
        name = "" if has_link(by.name) else clean(by.name)
        values = {
            "name": name,
            "customer": self.partner_id.name,
            "program": self.program_id.name,
        }
        if not name:
            return self.env._(
                "%(customer)s invites you to %(program)s: see your company's points and"
                " what they bring.",
                **values,
            )
        return self.env._(
            "%(name)s (%(customer)s) invites you to %(program)s: see your company's"
            " points and what they bring.",
            **values,
        )

    def _ask_manager_to_invite(self, by, colleague):
        """Let staff look at an address that is known elsewhere."""
        staff = self._get_responsible()
        wallet = self.with_context(lang=staff.lang)
        wallet.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=staff.id,
            summary=wallet.env._("Portal access for %(name)s?", name=colleague.name),
            note=plaintext2html(
                wallet.env._(
                    "%(by)s invited %(name)s (%(email)s). This address belongs to"
                    " somebody of another company or to staff, or its access was taken"
                    " away, so no invitation was sent. Look whether it may have"
                    " access.",
                    by=by.name,
                    name=colleague.name,
                    email=colleague.email,
                )
            ),
        )

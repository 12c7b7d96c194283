from typing import NamedTuple

from odoo import fields, models
from odoo.tools import format_date


class Joining(NamedTuple):
    """Whether a visitor's company may join online: a code, and the words for him.

    ``code`` is `sign_in` (a stranger who may), `open` (his company may join),
    `invited`, `member` (he sees its points), `collects` (it takes part, he does not
    see how), `staff`, `address` (something is missing that he can enter himself), or
    `ask` (a person has to help).
    """

    code: str
    text: str = ""


class LoyaltyB2bProgram(models.Model):
    """How a company joins by itself in the web shop."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _get_shop_joining(self, user):
        """Return what a visitor of the programme's page may do.

        Reads only. A control group learns nothing of it, and nobody learns of others
        more than that a tax id is known.

        :param user: `res.users`; the public user is a stranger.
        :return: `Joining`.
        """
        self.ensure_one()
        if user._is_internal():
            return Joining("staff")
        if user._is_public():
            text = self._get_shop_closed_text()
            return Joining("ask", text) if text else Joining("sign_in")
        wallets = user.partner_id._get_loyalty_b2b_portal_wallets()
        wallet = wallets.filtered(lambda one: one.program_id == self)[:1]
        if wallet:
            return Joining("invited" if wallet._can_join() else "member")
        owner = user.partner_id.sudo()._get_loyalty_b2b_owner()
        known = self._find_participant(owner)
        if known:
            return self._get_known_joining(known)
        text = self._get_shop_closed_text()
        if not text and self.company_id not in user.sudo().company_ids:
            text = self._get_ask_text()
        return Joining("ask", text) if text else self._get_new_joining(owner, user)

    def _get_shop_closed_text(self):
        """Return why nobody joins online now, or ''."""
        if self.state == "announced":
            if not self.date_start:
                return self.env._("The programme has not begun yet.")
            return self.env._(
                "The programme begins on %(day)s.",
                day=format_date(self.env, self.date_start),
            )
        if self.state == "closing":
            return self.env._("The programme is coming to its end: nobody joins now.")
        if self.state != "running":
            return self.env._("The programme is paused: nobody joins now.")
        if not self.shop_join:
            return self._get_ask_text()
        return ""

    def _get_ask_text(self):
        return self.env._(
            "To take part, ask your account manager or write to us: we enrol your"
            " company."
        )

    def _get_known_joining(self, participant):
        """Return what a person reads whose company is known, but shows him nothing."""
        wallet = participant.wallet_id
        name = participant.partner_id.name
        today = fields.Date.context_today(self)
        if wallet.is_control:
            return Joining("ask", self._get_ask_text())
        if participant.date_end and participant.date_end < today:
            return Joining("ask", self._get_left_text(name))
        if wallet.state == "left":
            return Joining("ask", self._get_left_text(name))
        if participant.date_start > today:
            return Joining(
                "ask",
                self.env._(
                    "%(name)s takes part from %(day)s on.",
                    name=name,
                    day=format_date(self.env, participant.date_start),
                ),
            )
        if wallet.state == "active":
            return Joining(
                "collects",
                self.env._(
                    "%(name)s takes part: what you buy earns points. Who of your"
                    " colleagues sees them, your account manager can tell you.",
                    name=name,
                ),
            )
        return Joining("ask", self._get_ask_text())

    def _get_left_text(self, name):
        return self.env._(
            "%(name)s has taken part before. To take part again, ask your account"
            " manager or write to us.",
            name=name,
        )

    # === WHO IS NEW === #

    def _get_new_joining(self, owner, user):
        """Return whether a company that does not take part yet may join.

        :param owner: its contact, in sudo.
        """
        if not owner.active:
            return Joining(
                "ask",
                self.env._(
                    "The account of %(name)s is closed. Please write to us.",
                    name=owner.name,
                ),
            )
        if not owner.is_company:
            return self._get_person_joining(owner)
        if not owner._get_loyalty_b2b_tax_id():
            return self._get_branch_joining(owner, user)
        return self._get_tax_id_joining(owner, owner.name)

    def _get_person_joining(self, owner):
        """Return whether somebody without a company may join.

        Who has entered the name and the tax id of a company joins for it.
        """
        if owner.company_name and owner._get_loyalty_b2b_tax_id():
            return self._get_tax_id_joining(owner, owner.company_name)
        if self.individuals_allowed:
            return Joining("open")
        return Joining(
            "address",
            self.env._(
                "This programme is for companies. Enter the name and the tax ID of your"
                " company in your address, then come back to this page."
            ),
        )

    def _get_branch_joining(self, owner, user):
        """Return whether a company without a tax id of its own may join.

        With the company above it, if that takes part; who has none could join as
        often as he likes.
        """
        parent = owner.parent_id._get_loyalty_b2b_owner()
        if not parent and owner == user.partner_id.sudo():
            return Joining(
                "address",
                self.env._(
                    "We do not know the tax ID of %(name)s. Enter it in your address,"
                    " then come back to this page.",
                    name=owner.name,
                ),
            )
        if not parent:
            return Joining(
                "ask",
                self.env._(
                    "We do not know the tax ID of %(name)s. Ask your account manager to"
                    " enter it, or write to us.",
                    name=owner.name,
                ),
            )
        host = self._find_participant(parent).wallet_id
        if host.state == "active" and not host.is_control:
            return Joining("open")
        return Joining("ask", self._get_ask_text())

    def _get_tax_id_joining(self, owner, name):
        """Return whether a company may join by its tax id.

        Whoever types in a tax id is not believed to be that company: where another
        contact has it, a person of ours looks first.
        """
        tax_id = owner._get_loyalty_b2b_tax_id()
        if self._find_same_tax_id(tax_id) or owner._has_tax_id_namesake():
            return Joining(
                "ask",
                self.env._(
                    "We know the tax ID of %(name)s already, from another account. Ask"
                    " your account manager or write to us: we add you to it.",
                    name=name,
                ),
            )
        return Joining("open")

    # === JOINING === #

    def _join_online(self, user):
        """Let the company of a portal user join; a second time changes nothing.

        Joining queues up on the programme, so that two at once meet.

        :param user: `res.users` who accepts the terms for it.
        :return: the wallet, in sudo; empty where the company may not join.
        """
        self.ensure_one()
        program = self.sudo()
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        # who may not makes nobody wait, and is looked at anew once nobody else joins
        if program._get_shop_joining(user).code != "open":
            return wallets
        program._lock_enrolment()
        if program._get_shop_joining(user).code != "open":
            return wallets
        person = user.partner_id.sudo()
        owner = person._get_loyalty_b2b_owner()
        if not owner.is_company and owner.company_name and owner.vat:
            owner.create_company()
            owner = person._get_loyalty_b2b_owner()
        # at night the visitor's day may be another one than the programme's
        start = min(program._today(), fields.Date.context_today(self))
        wallet = program._enrol(owner, date_start=start).get(owner, wallets)
        if wallet and not wallet.joined_at and wallet.partner_id == owner:
            wallet.write(wallet._prepare_acceptance(person))
            wallet._notify("joined", "joined")
            wallet._note_accepted(person, "", None)
        return wallet

import secrets

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Columns of our tables that hold a person's name beside the link to him.
NAMES = (
    ("loyalty.b2b.person", "partner_id", "name"),
    ("loyalty.b2b.person", "granted_by_id", "granted_by_name"),
    ("loyalty.b2b.consent", "partner_id", "name"),
    ("loyalty.b2b.person.request", "partner_id", "name"),
    ("loyalty.b2b.approval", "decided_by_id", "decided_by_name"),
    ("loyalty.b2b.referral", "inviter_id", "inviter_name"),
)
# What is known of a person who was recommended.
RECOMMENDED = (
    "contact_name",
    "email",
    "phone",
    "asked_contact",
    "asked_email",
    "asked_phone",
)


class LoyaltyB2bWallet(models.Model):
    """A person's name goes; points, dates and documents stay as they are."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _erase_person(self, partner):
        """Put a pseudonym in the place of a person's name, wherever we keep it.

        Amounts, points, dates and documents stay as they are, in the ledger too: of
        its rows only names and the links to the person change. The same person is the
        same pseudonym everywhere; nothing leads back from it.

        :param partner: `res.partner`; the contact itself is not changed.
        :return: the pseudonym.
        :raises UserError: with what stands against it.
        """
        wallets, partner = self.sudo(), partner.sudo()
        if refusal := wallets._get_erasure_refusal(partner):
            raise UserError(refusal)
        pseudonym = self.env._("Person %(code)s", code=secrets.token_hex(4))
        wallets._lock()
        for wallet in wallets:
            wallet._revoke(partner, reason=self.env._("Personal data erased"))
        self.env.flush_all()
        # while the links are there that lead to them
        names = wallets._find_names(partner)
        wallets._forget_in_ledger(partner, pseudonym)
        wallets._forget_in_tables(partner, pseudonym)
        self.env.flush_all()
        wallets._forget_in_words(partner, names, pseudonym)
        wallets._forget_users(partner)
        self.env.invalidate_all()
        for wallet in wallets:
            wallet._message_log(
                body=self.env._("Personal data erased: %(name)s", name=pseudonym)
            )
        return pseudonym

    def _get_erasure_refusal(self, partner):
        """Return why the data of a person cannot be erased now, or ''."""
        if not partner or partner == partner._get_loyalty_b2b_owner():
            return self.env._(
                "%(name)s is no person of a customer: the names of customers stand on"
                " their documents.",
                name=partner.display_name or "",
            )
        if not self:
            return self.env._(
                "Nothing is kept of %(name)s in loyalty programmes.", name=partner.name
            )
        wishes = self._get_open_wishes(partner)
        if wishes:
            return self.env._(
                "%(name)s has open uses of points: %(which)s. Finish or cancel them"
                " first.",
                name=partner.name,
                which=", ".join(wishes.mapped("display_name")[:5]),
            )
        return ""

    def _get_open_wishes(self, partner):
        """Return the uses of points that still need to know who asked."""
        wishes = self.env["loyalty.b2b.redemption"].sudo()
        wishes = wishes.search(
            [
                ("wallet_id", "in", self.ids),
                ("contact_id", "=", partner.id),
                ("state", "in", ("draft", "approve", "reserved", "done")),
            ]
        )
        # points on an order are done with; a reward still has to be handed over
        return wishes.filtered(lambda one: one.state != "done" or one.reward_id)

    def _find_known_wallets(self, partner):
        """Return the wallets of the user's companies that know a person, in sudo."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT wallet_id FROM loyalty_b2b_entry
             WHERE contact_id = %(id)s OR user_id = ANY(%(users)s)
            UNION SELECT wallet_id FROM loyalty_b2b_person
                   WHERE partner_id = %(id)s OR granted_by_id = %(id)s
            UNION SELECT wallet_id FROM loyalty_b2b_consent WHERE partner_id = %(id)s
            UNION SELECT wallet_id FROM loyalty_b2b_person_request
                   WHERE partner_id = %(id)s
            UNION SELECT wallet_id FROM loyalty_b2b_redemption
                   WHERE contact_id = %(id)s OR user_id = ANY(%(users)s)
            UNION SELECT wallet_id FROM loyalty_b2b_activity WHERE contact_id = %(id)s
            UNION SELECT wallet_id FROM loyalty_b2b_referral WHERE inviter_id = %(id)s
            UNION SELECT wallet_id FROM loyalty_b2b_digest WHERE partner_id = %(id)s
            UNION SELECT id FROM loyalty_b2b_wallet WHERE joined_by_id = %(id)s
                """,
                id=partner.id,
                users=self._get_share_users(partner).ids,
            )
        )
        wallets = self.sudo().browse(sorted(wallet_id for (wallet_id,) in rows))
        return wallets.filtered(lambda one: one.company_id in self.env.companies)

    def _get_share_users(self, partner):
        """Return the portal users of a person, archived ones too."""
        users = partner.sudo().with_context(active_test=False).user_ids
        return users.filtered("share")

    def _find_names(self, partner):
        """Return what a person is and was called, the longest name first."""
        users = self._get_share_users(partner)
        columns = [
            ("loyalty.b2b.entry", [("contact_id", "=", partner.id)], "contact_name"),
            ("loyalty.b2b.entry", [("user_id", "in", users.ids)], "user_name"),
            (
                "loyalty.b2b.wallet",
                [("joined_by_id", "=", partner.id)],
                "joined_by_name",
            ),
            *((model, [(link, "=", partner.id)], name) for model, link, name in NAMES),
        ]
        names = {partner.name}
        for model, domain, name in columns:
            mine = "id" if model == self._name else "wallet_id"
            rows = self.env[model].sudo().with_context(active_test=False)
            found = rows._read_group([(mine, "in", self.ids), *domain], [name])
            names.update(value for (value,) in found)
        # two letters are found in too many words
        known = {name.strip() for name in names if name and len(name.strip()) > 2}
        return sorted(known, key=lambda name: (-len(name), name))

    # === LEDGER === #

    def _forget_notes(self, use):
        """Empty what ledger rows say of a use in words, and nothing else of them (I5).

        :param use: `loyalty.b2b.redemption` of this wallet.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_entry SET note = NULL"
                " WHERE wallet_id = ANY(%s) AND redemption_id = %s RETURNING id",
                list(self.ids),
                use.id,
            )
        )
        self.env["loyalty.b2b.entry"].invalidate_model(["note"])

    def _forget_in_ledger(self, partner, pseudonym):
        """Change names in ledger rows, and nothing else of them (I5)."""
        values = {
            "alias": pseudonym,
            "partner": partner.id,
            "users": self._get_share_users(partner).ids,
            "ids": list(self.ids),
        }
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_entry SET contact_name = %(alias)s,"
                " contact_id = NULL WHERE wallet_id = ANY(%(ids)s)"
                " AND contact_id = %(partner)s RETURNING id",
                **values,
            )
        )
        # what the person booked bears his name as well
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_entry SET user_name = %(alias)s, user_id = NULL"
                " WHERE wallet_id = ANY(%(ids)s) AND user_id = ANY(%(users)s)"
                " RETURNING id",
                **values,
            )
        )
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_activity SET contact_id = NULL"
                " WHERE wallet_id = ANY(%(ids)s) AND contact_id = %(partner)s"
                " RETURNING id",
                **values,
            )
        )

    # === OTHER TABLES === #

    def _forget_in_tables(self, partner, pseudonym):
        """Change names in persons, consents, approvals, referrals and wishes."""
        for model, link, name in NAMES:
            rows = self.env[model].sudo()
            domain = [("wallet_id", "in", self.ids), (link, "=", partner.id)]
            if model == "loyalty.b2b.person.request":
                rows.search(domain)._withdraw()
            rows.search(domain).write({link: False, name: pseudonym})
        joined = self.filtered(lambda one: one.joined_by_id == partner)
        joined.write({"joined_by_id": False, "joined_by_name": pseudonym})
        self._forget_in_wishes(partner, pseudonym)
        digests = self.env["loyalty.b2b.digest"].sudo()
        digests = digests.search(
            [("wallet_id", "in", self.ids), ("partner_id", "=", partner.id)]
        )
        # that somebody was told, and when, is what the end of points hangs on
        digests.write({"email": False, "body": False})
        self._forget_recommended(partner)

    def _forget_in_wishes(self, partner, pseudonym):
        wishes = self.env["loyalty.b2b.redemption"].sudo()
        users = self._get_share_users(partner)
        mine = [("wallet_id", "in", self.ids)]
        wishes.search([*mine, ("contact_id", "=", partner.id)]).write(
            {"contact_id": False, "contact_alias": pseudonym}
        )
        wishes.search([*mine, ("user_id", "in", users.ids)]).write({"user_id": False})

    def _forget_recommended(self, partner):
        """Forget whom others recommended, where it was this person."""
        if not partner.email_normalized:
            return
        referrals = self.env["loyalty.b2b.referral"].sudo()
        referrals.search(
            [
                ("company_id", "in", self.company_id.ids),
                "|",
                ("email_normalized", "=", partner.email_normalized),
                ("asked_email", "=ilike", partner.email_normalized),
            ]
        ).write(dict.fromkeys(RECOMMENDED, False))

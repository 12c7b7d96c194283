import re

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.plaintext import clean, has_link

MOST_QUANTITY = 1000
MOST_REASON = 200


class LoyaltyB2bWallet(models.Model):
    """The rewards that a customer's people see, and how they ask for them."""

    _inherit = "loyalty.b2b.wallet"

    # === CATALOGUE === #

    def _get_portal_reward_domain(self):
        """Return the domain of the rewards a catalogue shows: none that are over."""
        now, today = fields.Datetime.now(), self.program_id._today()
        return (
            Domain("program_id", "=", self.program_id.id)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today))
            & (
                Domain("kind", "!=", "access")
                | Domain("date_event", "=", False)
                | Domain("date_event", ">", now)
            )
        )

    def _get_portal_reward_fields(self):
        """Return what is read of rewards, in one query: whatever the catalogue asks."""
        fields_of = self.env["loyalty.b2b.reward"]._fields
        return [
            name
            for name, field in fields_of.items()
            if field.column_type and field.store and field.type != "html"
        ]

    def _get_portal_reward_sorts(self):
        """Return the orders of a catalogue: word → label."""
        return {
            "best": self.env._("Our choice"),
            "few": self.env._("Fewest points first"),
            "many": self.env._("Most points first"),
        }

    def _prepare_portal_catalogue(
        self, partner, kind="", only_now=False, sort="best", page=1, step=12
    ):
        """Return a page of the catalogue, each reward with its state for a person.

        The number of queries does not depend on the number of rewards.

        :param partner: `res.partner` who looks.
        :param str kind: only rewards of it; '' for all.
        :param bool only_now: only what the person can have, or ask for, now.
        :param str sort: of `_get_portal_reward_sorts`.
        :return: dict with cards, kinds (kind → label, those there are), total, page.
        """
        self.ensure_one()
        found = self.env["loyalty.b2b.reward"].sudo()
        found = found.search_fetch(
            self._get_portal_reward_domain(), self._get_portal_reward_fields()
        )
        labels = found._get_portal_kinds()
        present = set(found.mapped("kind"))
        rewards = found.filtered(lambda reward: not kind or reward.kind == kind)
        if sort in ("few", "many"):
            rewards = rewards.sorted("points", reverse=sort == "many")
        refusals = None
        if only_now:
            refusals = rewards._get_refusals_by_reward(self, partner)
            rewards = rewards.filtered(
                lambda reward: (
                    reward._get_portal_state(refusals[reward], 0)["key"]
                    in ("now", "ask")
                )
            )
        total = len(rewards)
        page = page if (page - 1) * step < total else 1
        rewards = rewards[(page - 1) * step : page * step]
        refusals = refusals or rewards._get_refusals_by_reward(self, partner)
        pictures = found._find_portal_pictures(rewards.ids)
        available = int(self.available)
        return {
            "cards": [
                reward._prepare_portal_card(refusals[reward], available, pictures)
                for reward in rewards
            ],
            "kinds": {name: label for name, label in labels.items() if name in present},
            "total": total,
            "page": page,
        }

    def _find_portal_reward(self, reward_id):
        """Return a reward of this programme, in sudo; empty if there is none.

        One that is over is found: its page says so. An archived one is not.

        :param int reward_id: whatever was sent, not above 2**31 - 1.
        """
        self.ensure_one()
        rewards = self.env["loyalty.b2b.reward"].sudo()
        domain = [("id", "=", reward_id), ("program_id", "=", self.program_id.id)]
        return rewards.search(domain, limit=1)

    # === WISH === #

    def _redeem_in_portal(self, partner, reward, typed, order=None):
        """Ask for a reward with what a person has typed into its form.

        The same form sent twice is one wish.

        :param partner: `res.partner` who asks; he sees the wallet.
        :param dict typed: quantity, reason, attendees, request_key, as they were sent.
        :param order: quotation that the person may see, for rewards that need one.
        :return: the redemption, in sudo.
        :raises UserError: with what stands against it, or cannot be read.
        """
        self.ensure_one()
        key = self._read_request_key(typed.get("request_key"))
        if earlier := self._find_portal_request(key):
            return earlier
        quantity = self._read_quantity(typed.get("quantity"))
        values = {}
        if reward.kind == "access":
            values["attendees"] = self._read_attendees(typed.get("attendees"), quantity)
        if reward._is_on_order() and not order:
            raise UserError(
                self.env._("Choose the quotation on which it is to be put.")
            )
        reason = clean(typed.get("reason"), MOST_REASON)
        if has_link(reason):
            raise UserError(self.env._("The reason contains no web addresses."))
        return reward._redeem(
            self,
            partner,
            quantity=quantity,
            order=order,
            request_key=key,
            reason=reason,
            **values,
        )

    def _find_portal_request(self, key):
        """Return what the same form has led to before, in sudo; empty if nothing."""
        redemptions = self.env["loyalty.b2b.redemption"].sudo()
        domain = [("wallet_id", "=", self.id), ("request_key", "=", key)]
        return redemptions.search(domain, limit=1)

    def _read_request_key(self, typed):
        if not re.fullmatch(r"[0-9a-f-]{36}", str(typed or "")):
            raise UserError(
                self.env._("This page is no longer up to date. Please try once more.")
            )
        return typed

    def _read_quantity(self, typed):
        found = re.fullmatch(r"[0-9]{1,4}", str(typed or "").strip())
        number = int(found.group()) if found and found.group().isascii() else 0
        if not 1 <= number <= MOST_QUANTITY:
            raise UserError(self.env._("Enter how many you want, from 1 to 1 000."))
        return number

    def _read_attendees(self, typed, quantity):
        """Return the names of who takes part, one a line.

        :raises UserError: if they are not as many as seats are asked for.
        """
        lines = str(typed or "")[: 100 * MOST_QUANTITY].splitlines()
        names = [name for name in map(clean, lines) if name]
        if len(names) != quantity:
            raise UserError(
                self.env._(
                    "Enter the names of those who take part, one a line: you ask for"
                    " %(seats)s, and named %(names)s.",
                    seats=quantity,
                    names=len(names),
                )
            )
        if any(map(has_link, names)):
            raise UserError(self.env._("Names do not contain web addresses."))
        return "\n".join(names)

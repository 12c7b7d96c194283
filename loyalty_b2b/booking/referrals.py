from dataclasses import dataclass

from .bonus import Bonus
from .giving import Giving


@dataclass(frozen=True)
class Reward:
    """Stands where a bonus names its rule: no rule gives what a referral brings."""

    pool: str = ""


class Referrals(Giving):
    """Gives and takes back what referrals bring to the companies that made them.

    It compares what should stand with what stands, and books the difference: called
    twice, it books nothing the second time. Only the wallet of the referred company is
    locked, whose settling is the only one that books for its referral; into the other
    one it only inserts, as documents do.
    """

    def __init__(self, wallets, referrals):
        """Read what stands.

        :param wallets: `loyalty.b2b.wallet` in sudo.
        :param referrals: `loyalty.b2b.referral` in sudo, joined.
        """
        super().__init__(wallets)
        self._referrals = {
            referral._get_group_ref(): referral for referral in referrals
        }
        self._program_ids = {
            referral.wallet_id.id: referral.program_id.id for referral in referrals
        }
        self.groups = wallets._load_groups(refs=sorted(self._referrals))

    def book(self):
        """Book what is missing or too much, and note at the referrals what stands.

        :return: key → id of the new entries.
        """
        orders = self.wallets._query_referred_orders(self._referrals.values())
        for ref, referral in self._referrals.items():
            amounts = orders.get(referral.id, [])
            wanted = referral._get_reward(amounts)
            bonus = Bonus(referral.wallet_id.id, ref, rule=Reward(), points=wanted)
            if self._get_differences(bonus):
                bonus.progress = sum(amounts)
                self._level_bonus(bonus)
        self.insert()
        for ref, referral in self._referrals.items():
            referral._note_points(self._get_standing(referral.wallet_id.id, ref))
        return self._booked

    def _get_standing(self, wallet_id, ref):
        found = self.groups.get((wallet_id, ref))
        return found.stands("") if found else 0

    # === ROWS OF THE LEDGER === #

    def _prepare_lifted(self, wallet, program, taken, values):
        values = {name: values[name] for name in values if name != "origin"}
        return super()._prepare_lifted(wallet, program, taken, values)

    def _prepare_lines(self, parts, points):
        """Explain nothing line by line: whose purchases these are is not for others."""
        return []

    def _prepare_values(self, bonus, points):
        wallet = self.wallets.browse(bonus.wallet)
        today = self._program_of(bonus.wallet)._today()
        values = {
            "date_event": today,
            "partner_id": wallet.partner_id.id,
            "partner_name": wallet.partner_id.display_name,
            "group_ref": bonus.ref,
            "origin": "referral",
            "note": self._get_note(bonus, points),
            "amount": float(bonus.progress),
        }
        return {**values, "day_available": today} if points > 0 else values

    def _get_note(self, bonus, points):
        reader, name = self._get_reader(bonus), self._referrals[bonus.ref].name
        if points > 0:
            return reader.env._("Recommendation of %(name)s", name=name)
        return reader.env._(
            "Recommendation of %(name)s: a purchase was credited or is unpaid again",
            name=name,
        )

from odoo import models
from odoo.fields import Domain
from odoo.tools import formatLang

# What of a wish's refusals a customer can do something about by collecting.
SHORT = {"points"}
# How many rewards are looked at from the dearest, or the nearest, on.
TRIES = 6


class LoyaltyB2bWallet(models.Model):
    """The next best rewards of a customer: within reach, near, and of a liked kind."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _get_next_rewards(self, partner=None):
        """Return the rewards to speak about with a customer; the best one first.

        The caller has checked who asks. Costs the same for few and many rewards.

        :param partner: `res.partner` of the customer who asks; anybody if None.
        :return: list of at most three dicts with `why` ('now': the best of what can be
            had now; 'nearest': the next one in points; 'again': of a kind that was
            used before), `reward_id`, `name`, `kind`, `points` (its price), `missing`
            (points short, 0 if none) and `text`, a sentence. Nothing for control
            groups, and where no points can be used.
        """
        self.ensure_one()
        wallet = self.sudo()
        if wallet.is_control or wallet.state == "left" or wallet.merged_into_id:
            return []
        rewards, available = wallet._get_offered_rewards(), int(wallet.available)
        within = rewards.filtered(lambda reward: reward.points <= available)
        beyond = rewards - within
        now = wallet._find_reward(within[::-1], partner, set())
        nearest = wallet._find_reward(beyond, partner, SHORT)
        kinds = wallet._get_liked_kinds() if len(rewards) > 1 else []
        liked = (within[::-1] - now) | (beyond - nearest)
        liked = liked.filtered(lambda reward: reward.kind in kinds)
        liked = liked.sorted(lambda reward: kinds.index(reward.kind))
        again = wallet._find_reward(liked, partner, SHORT)
        found = (("now", now), ("nearest", nearest), ("again", again))
        return [
            wallet._prepare_next_reward(why, reward, available)
            for why, reward in found
            if reward
        ]

    def _get_offered_rewards(self):
        """Return the rewards of the programme, the cheapest first, in sudo."""
        rewards = self.env["loyalty.b2b.reward"].sudo()
        domain = Domain("program_id", "=", self.program_id.id)
        if "gift" in dict(rewards._fields["kind"].selection):
            # of a person, not of the company
            domain &= Domain("kind", "!=", "gift")
        return rewards.with_context(lang=self.env.lang).search(
            domain, order="points, sequence, id"
        )

    def _find_reward(self, rewards, partner, allowed):
        """Return the first of several rewards that nothing else stands against.

        :param set allowed: codes of refusals that do not matter.
        """
        for reward in rewards[:TRIES]:
            refusals = reward._get_refusals(self, partner=partner)
            if {refusal.code for refusal in refusals} <= allowed:
                return reward
        return rewards.browse()

    def _get_liked_kinds(self):
        """Return the kinds of rewards that the customer used, the last one first."""
        groups = (
            self.env["loyalty.b2b.redemption"]
            .sudo()
            ._read_group(
                [
                    ("wallet_id", "=", self.id),
                    ("reward_kind", "!=", False),
                    ("state", "in", ("reserved", "done", "fulfilled")),
                ],
                ["reward_kind"],
                order="id:max desc",
            )
        )
        return [kind for (kind,) in groups]

    def _prepare_next_reward(self, why, reward, available):
        """Return one reward as plain values, see `_get_next_rewards`."""
        missing = max(0, int(reward.points) - available)
        return {
            "why": why,
            "reward_id": reward.id,
            "name": reward.name,
            "kind": reward.kind,
            "points": int(reward.points),
            "missing": missing,
            "text": self._get_next_reward_text(why, reward, missing),
        }

    def _get_next_reward_text(self, why, reward, missing):
        """Return a reward in one sentence, its name left out."""
        program = self.program_id
        values = {
            "points": formatLang(self.env, reward.points, digits=0),
            "name": program._get_point_name(int(reward.points)),
            "missing": formatLang(self.env, missing, digits=0),
        }
        if missing and why == "again":
            return self.env._(
                "Of a kind used before: %(missing)s of %(points)s %(name)s missing",
                **values,
            )
        if missing:
            return self.env._("%(missing)s of %(points)s %(name)s missing", **values)
        if why == "again":
            return self.env._("Of a kind used before: %(points)s %(name)s", **values)
        return self.env._("To be had now for %(points)s %(name)s", **values)

from odoo import models
from odoo.tools import formatLang

# What does not matter yet: a quotation is made, and who decides is asked.
LATER = {"order", "role"}
# How many rewards of a catalogue are looked at, the cheapest first.
MOST_REWARDS = 200


class LoyaltyB2bWallet(models.Model):
    """The next best rewards of a customer: within reach, near, and of a liked kind."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _get_next_rewards(self, partner=None, reasons=None):
        """Return the rewards to speak about with a customer; the best one first.

        The caller has checked who asks. Costs the same for few and many rewards.

        :param partner: `res.partner` of the customer who asks; anybody if None.
        :param dict reasons: reward → refusals, where they are known already.
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
        if reasons is None:
            rewards = wallet._get_offered_rewards()
            reasons = rewards._get_refusals_by_reward(wallet, partner)
        else:
            rewards = wallet._sort_offered_rewards(reasons)
        codes = {
            reward: wallet._get_reason_codes(reasons[reward]) for reward in rewards
        }
        within = [reward for reward in reversed(rewards) if not codes[reward]]
        beyond = [reward for reward in rewards if codes[reward] == {"points"}]
        found = [("now", one) for one in within[:1]]
        found += [("nearest", one) for one in beyond[:1]]
        kinds = wallet._get_liked_kinds() if within[1:] or beyond[1:] else []
        liked = [one for one in (*within[1:], *beyond[1:]) if one.kind in kinds]
        liked.sort(key=lambda reward: kinds.index(reward.kind))
        found += [("again", one) for one in liked[:1]]
        available = int(wallet.available)
        return [wallet._prepare_next_reward(*one, available) for one in found]

    def _get_offered_rewards(self):
        """Return the rewards of the programme, the cheapest first, in sudo."""
        rewards = self.env["loyalty.b2b.reward"].sudo()
        return rewards.with_context(lang=self.env.lang).search(
            # a gift is for a person, not for the company
            [("program_id", "=", self.program_id.id), ("kind", "!=", "gift")],
            order="points, sequence, id",
            limit=MOST_REWARDS,
        )

    def _sort_offered_rewards(self, reasons):
        """Return rewards that were read before as `_get_offered_rewards` does."""
        rewards = self.env["loyalty.b2b.reward"].sudo().union(*reasons)
        rewards = rewards.filtered(lambda reward: reward.kind != "gift")
        rewards = rewards.sorted(lambda one: (one.points, one.sequence, one.id))
        return rewards[:MOST_REWARDS]

    @staticmethod
    def _get_reason_codes(refusals):
        """Return the codes of what asking somebody does not help against."""
        grave = {refusal.code for refusal in refusals if refusal.remedy != "ask"}
        return grave - LATER

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

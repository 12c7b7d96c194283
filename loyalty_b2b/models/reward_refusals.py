from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..tools import periods
from ..tools.refusals import Refusal
from .reward_facts import FACTS

# Most of one reward that are wished at once.
MOST_QUANTITY = 1000


class LoyaltyB2bReward(models.Model):
    """Why a reward is not to be had, in words, for this customer and person."""

    _inherit = "loyalty.b2b.reward"

    # === BUSINESS METHODS === #

    def _get_refusals_by_reward(self, wallet, partner=None, quantity=1, order=None):
        """Return reward → list of refusals, for a page of rewards at once.

        What all of them go by is read once, whatever their number.

        :param wallet: one `loyalty.b2b.wallet`.
        :param partner: `res.partner` at the customer who looks; None: one of us.
        """
        facts = self._prepare_facts(wallet, partner)
        rewards = self.with_context(**{FACTS: facts})
        return {
            reward: reward._get_refusals(facts.wallet, partner, quantity, order)
            for reward in rewards
        }

    def _get_refusals(self, wallet, partner=None, quantity=1, order=None):
        """Return why a reward cannot be had now; nothing if it can.

        Kinds extend it with what they ask. Reasons that asking helps against have the
        remedy `ask`; they keep nobody from asking.

        :param int quantity: how many are wished, 1 or more.
        :return: list of `Refusal`, the gravest first.
        """
        self.ensure_one()
        facts = self._get_facts(wallet, partner)
        checks = (
            self._refuse_wallet,
            self._refuse_day,
            self._refuse_customer,
            self._refuse_turnover,
            self._refuse_stock,
            self._refuse_limit,
            self._refuse_points,
            self._refuse_role,
        )
        found = (check(facts, facts.rows[self.id], quantity) for check in checks)
        return [refusal for refusal in found if refusal]

    def _check_obtainable(
        self, wallet, partner=None, quantity=1, order=None, wish=None
    ):
        """Refuse what cannot be had now.

        :param wish: the redemption that is about to take it, if any.
        :raises UserError: with the reward and what stands against it.
        """
        self.ensure_one()
        facts = self._prepare_facts(wallet, partner, wish)
        reward = self.with_context(**{FACTS: facts})
        refusals = reward._get_refusals(facts.wallet, partner, quantity, order)
        grave = [refusal.text for refusal in refusals if refusal.remedy != "ask"]
        if grave:
            raise UserError(
                self.env._(
                    "%(reward)s: %(reasons)s.",
                    reward=self.name,
                    reasons="; ".join(text.rstrip(".") for text in grave),
                )
            )

    # === WALLET AND PERSON === #

    def _refuse_wallet(self, facts, row, quantity):
        if facts.wallet.program_id != self.program_id:
            return Refusal("program", self.env._("belongs to another programme"))
        return facts.refusal and Refusal("wallet", facts.refusal)

    def _refuse_role(self, facts, row, quantity):
        if facts.may_use:
            return None
        if facts.deciders:
            text = self.env._(
                "%(names)s decides about points: ask first", names=facts.deciders
            )
            return Refusal("role", text, "ask")
        manager = facts.wallet.user_id.name
        if manager:
            text = self.env._(
                "nobody of your company decides about points yet: ask %(manager)s",
                manager=manager,
            )
        else:
            text = self.env._("nobody of your company decides about points yet")
        return Refusal("role", text)

    def _refuse_points(self, facts, row, quantity):
        price = int(self.points) * quantity if facts.points is None else facts.points
        short = price - facts.available
        if short <= 0:
            return None
        text = self.env._(
            "%(points)s %(name)s short",
            points=formatLang(self.env, short, digits=0),
            name=self.program_id._get_point_name(short),
        )
        return Refusal("points", text)

    # === CUSTOMER === #

    def _refuse_customer(self, facts, row, quantity):
        if row["tier_ids"] and facts.wallet.tier_id.id not in row["tier_ids"]:
            return Refusal("tier", self._get_tiers_text(row["tier_ids"]))
        if not row["in_segment"]:
            return Refusal("segment", self.env._("only for selected customers"))
        return None

    def _get_tiers_text(self, tier_ids):
        """Say which levels may have it: “from Gold” where all above it may, too."""
        levels = self.program_id._get_tier_terms().levels
        order = [level.id for level in levels if level.id in tier_ids]
        names = self.env["loyalty.b2b.tier"].sudo().browse(order or tier_ids)
        if order and order == [level.id for level in levels][-len(order) :]:
            return self.env._("from %(level)s", level=names[0].name)
        return self.env._("only for %(levels)s", levels=", ".join(names.mapped("name")))

    def _refuse_turnover(self, facts, row, quantity):
        if row["turnover"] is None:
            return None
        missing = self.min_turnover - float(row["turnover"])
        if self.currency_id.compare_amounts(missing, 0.0) <= 0:
            return None
        amount = self.currency_id.format(missing)
        text = {
            "quarter": self.env._("%s of turnover missing this quarter", amount),
            "year": self.env._("%s of turnover missing this year", amount),
            "rolling": self.env._(
                "%s of turnover missing in the last 12 months", amount
            ),
        }[self.turnover_period]
        return Refusal("turnover", text)

    # === TIME === #

    def _refuse_day(self, facts, row, quantity):
        if not self.active:
            return Refusal("over", self.env._("no longer offered"))
        if self.date_start and facts.today < self.date_start:
            day = self._format_day(self.date_start, facts.today)
            return Refusal("not_yet", self.env._("to be had from %s on", day))
        if self.date_end and facts.today > self.date_end:
            day = self._format_day(self.date_end, facts.today)
            return Refusal("over", self.env._("was to be had until %s", day))
        if (
            self.kind == "access"
            and self.date_event
            and self.date_event <= fields.Datetime.now()
        ):
            day = self.program_id._local_day(self.date_event)
            day = self._format_day(day, facts.today)
            return Refusal("over", self.env._("took place on %s", day))
        return None

    def _format_day(self, day, today):
        """Return a day in words, with its year if that is another."""
        pattern = "d MMMM" if day.year == today.year else "d MMMM y"
        return format_date(self.env, day, date_format=pattern)

    # === HOW MANY === #

    def _get_left(self, row):
        """Return how many can still be had; None if any number.

        :param dict row: of `RewardFacts`.
        """
        left = [row["codes"]] if row["codes"] is not None else []
        if self.is_limited:
            left.append(self.left)
        return min(left, default=None)

    def _refuse_stock(self, facts, row, quantity):
        left = self._get_left(row)
        if left is None or left >= quantity:
            return None
        if left:
            return Refusal("sold_out", self.env._("only %s left", left))
        if self.date_restock and self.date_restock > facts.today:
            day = self._format_day(self.date_restock, facts.today)
            return Refusal("sold_out", self.env._("sold out until %s", day))
        if self.kind == "access":
            return Refusal("sold_out", self.env._("no seats left"))
        return Refusal("sold_out", self.env._("sold out"))

    def _refuse_limit(self, facts, row, quantity):
        if not 1 <= quantity <= MOST_QUANTITY:
            return Refusal("limit", self.env._("choose how many, from 1 to 1 000"))
        if not self.limit_number or row["used"] + quantity <= self.limit_number:
            return None
        text = self._get_limit_text()
        end = periods.period_end(facts.today, self.limit_period)
        if end and quantity <= self.limit_number:
            day = self._format_day(end + timedelta(days=1), facts.today)
            text = self.env._("%(limit)s: again from %(day)s on", limit=text, day=day)
        return Refusal("limit", text)

    def _get_limit_text(self):
        """Say how many a customer may have, or ''."""
        number = self.limit_number
        if not number:
            return ""
        if number == 1:
            return {
                "month": self.env._("one a month"),
                "quarter": self.env._("one a quarter"),
                "year": self.env._("one a year"),
                "lifetime": self.env._("only one for each customer"),
            }[self.limit_period]
        return {
            "month": self.env._("at most %s a month", number),
            "quarter": self.env._("at most %s a quarter", number),
            "year": self.env._("at most %s a year", number),
            "lifetime": self.env._("at most %s for each customer", number),
        }[self.limit_period]

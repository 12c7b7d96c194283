from odoo import models
from odoo.tools import format_date

from ..tools import tiers


class LoyaltyB2bWallet(models.Model):
    """The level of a wallet in words: what it is, until when, and how far to go."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _prepare_tier(self, in_portal=False):
        """Return the level with its progress as plain values, ready to print.

        :param bool in_portal: customers get pictures from a page of ours.
        :return: {} where the programme has no levels, else a dict with `look` (of a
            `TierCard`, {} without a level), `since`, `until`, `next`, `keep`, `by_hand`
            (texts, '' where moot), `reached` and `percent` (0–100) of the next level,
            `next_color`, and `brings` (texts).
        """
        self.ensure_one()
        progress = self._get_tier_progress().get(self.id)
        if not progress:
            return {}
        cards = {card.id: card for card in self.program_id._get_tier_cards()}
        card, following = cards.get(progress["tier_id"]), cards.get(progress["next_id"])
        earned = cards.get(progress["earned_id"])
        return {
            "look": self._prepare_tier_look(card, in_portal) if card else {},
            "brings": card.brings if card else (),
            "since": self._format_tier_day(self.tier_since) if card else "",
            "until": self._get_tier_until_text(progress, card) if card else "",
            "next": self._get_tier_next_text(progress, following),
            "next_color": following.color if following else "",
            "keep": self._get_tier_keep_text(progress, earned),
            "reached": self._format_tier(progress, progress["measure"]),
            "percent": self._get_tier_percent(progress, following),
            "by_hand": self._get_tier_hand_text(progress, in_portal),
        }

    def _prepare_tier_look(self, card, in_portal):
        """Return name, colour and picture of a level.

        :param TierCard card: the level.
        :param bool in_portal: customers get pictures from a page of ours.
        """
        url = f"/web/image/loyalty.b2b.tier/{card.id}/{card.image}"
        if in_portal:
            program = self.program_id
            url = f"/my/loyalty/program/{program.id}/level/{card.id}/{card.image}"
        return {**card._asdict(), "image_url": url if card.image else ""}

    @staticmethod
    def _is_tier_manual(progress):
        """Tell whether the level in force is one set by hand, not the earned one."""
        manual = progress["manual_id"]
        return bool(manual) and manual == progress["tier_id"] != progress["earned_id"]

    def _get_tier_hand_text(self, progress, in_portal):
        """Return that the level was set by hand, and for staff why, or ''."""
        if not self._is_tier_manual(progress):
            return ""
        if in_portal or not progress["reason"]:
            return self.env._("by agreement")
        return self.env._("set by hand: %(reason)s", reason=progress["reason"])

    @staticmethod
    def _get_tier_percent(progress, following):
        """Return how much of the next level's threshold is reached, 0–100."""
        if not following or not following.threshold:
            return 100
        share = float(progress["measure"]) * 100 / following.threshold
        return int(min(100, max(0, share)))

    def _get_tier_next_text(self, progress, following):
        """Return what is missing to the next level: “8 200 PLN to Gold, by …”."""
        if not following:
            return ""
        values = {
            "missing": self._format_tier(progress, progress["missing"]),
            "level": following.name,
            "day": self._format_tier_day(progress["by"]),
        }
        if not progress["missing"]:
            return self.env._("Enough for %(level)s: it holds shortly", **values)
        if progress["by"]:
            return self.env._("%(missing)s to %(level)s, by %(day)s", **values)
        return self.env._(
            "%(missing)s to %(level)s, counting the last 12 months", **values
        )

    def _get_tier_keep_text(self, progress, earned):
        """Return what keeps the earned level when it is looked at, or that it is kept.

        Where the last 12 months count, it cannot be told before.
        """
        program, day = self.program_id, progress["keep_by"]
        rolls = program._get_tier_terms().period == "rolling"
        if not earned or not day or (rolls and program._today() <= progress["until"]):
            return ""
        values = {
            "missing": self._format_tier(progress, progress["keep_missing"]),
            "day": self._format_tier_day(day),
            "level": earned.name,
            "until": self._format_tier_day(self._get_tier_prolonged(progress)),
        }
        if not progress["keep_missing"]:
            return self.env._("Enough to keep %(level)s until %(until)s", **values)
        return self.env._(
            "%(missing)s by %(day)s keep %(level)s until %(until)s", **values
        )

    def _get_tier_until_text(self, progress, level):
        """Return until when the level in force is granted."""
        is_manual = self._is_tier_manual(progress)
        until = progress["manual_until" if is_manual else "until"]
        if until:
            return self.env._("until %(day)s", day=self._format_tier_day(until))
        return self.env._("for good") if level.is_lasting and not is_manual else ""

    def _get_tier_prolonged(self, progress):
        """Return until when the earned level is granted once it is kept."""
        return tiers.prolonged(
            progress["until"],
            progress["grace_end"] + tiers.DAY,
            self.program_id._get_tier_terms().period,
            self.date_joined,
        )

    def _format_tier(self, progress, value):
        return self.program_id._format_tier_measure(progress["measure_name"], value)

    def _format_tier_day(self, day):
        return format_date(self.env, day, date_format="d MMMM y") if day else ""

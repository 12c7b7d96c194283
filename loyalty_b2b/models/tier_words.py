import re
from typing import NamedTuple

from odoo import models
from odoo.tools import formatLang

from .program_portal import DEFAULT_COLOR, is_dark

COLOR = r"#[0-9a-fA-F]{6}"


class TierCard(NamedTuple):
    """A level as people read it, in one language.

    `image` is what follows the address of the level, '' without a picture; `brings`
    are short texts.
    """

    id: int
    name: str
    color: str
    is_dark: bool
    image: str
    threshold: float
    threshold_text: str
    is_lasting: bool
    brings: tuple[str, ...]


class LoyaltyB2bTier(models.Model):
    """A level in words, for customers and staff."""

    _inherit = "loyalty.b2b.tier"

    # === BUSINESS METHODS === #

    def _prepare_card(self):
        """Return what is told of a level, as plain values; see `TierCard`."""
        self.ensure_one()
        color = self._get_color()
        version = f"{self.write_date:%Y%m%d%H%M%S}" if self.write_date else ""
        return TierCard(
            id=self.id,
            name=self.name,
            color=color,
            is_dark=is_dark(color),
            image=f"image?unique={version}" if self.has_image else "",
            threshold=self.threshold,
            threshold_text=self._get_threshold_text(),
            is_lasting=self.is_lasting,
            brings=tuple(self._get_benefit_texts()),
        )

    def _get_color(self):
        """Return the colour, if it is one: it goes into a style attribute."""
        color = (self.color or "").strip()
        return color if re.fullmatch(COLOR, color) else DEFAULT_COLOR

    def _get_benefit_texts(self):
        """Return what the level brings, one short text each."""
        self.ensure_one()
        texts = []
        if self.factor > 1:
            text = self.env._("%(factor)s × the points", factor=self._format_factor())
            texts.append(text)
        if self.pricelist_id:
            texts.append(self.env._("Special prices"))
        if self.payment_term_id:
            term = self.payment_term_id.name
            texts.append(self.env._("Payment terms: %(term)s", term=term))
        if self.is_lasting:
            texts.append(self.env._("Kept for good"))
        lines = (self.description or "").splitlines()
        return [*texts, *(line.strip() for line in lines if line.strip())]

    def _format_factor(self):
        """Return the factor with as many decimals as it has."""
        factor = self.factor
        digits = next((d for d in range(2) if round(factor, d) == factor), 2)
        return formatLang(self.env, factor, digits=digits)

    def _get_threshold_text(self):
        """Return from when on the level holds: “from 50 000 PLN”."""
        self.ensure_one()
        if not self.threshold:
            return self.env._("from joining on")
        program = self.program_id
        amount = program._format_tier_measure(program.tier_measure, self.threshold)
        return self.env._("from %(amount)s", amount=amount)

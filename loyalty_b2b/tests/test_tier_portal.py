import base64

from odoo import Command
from odoo.tests import tagged

from .portal_common import LoyaltyB2bPortalCommon
from .test_portal import PIXEL
from .tier_common import LoyaltyB2bTierCommon


@tagged("post_install", "-at_install")
class TestTierPortal(LoyaltyB2bPortalCommon, LoyaltyB2bTierCommon):
    """What customers see of their level."""

    def _level(self, page):
        return page.xpath("//section[@aria-labelledby='loyalty_b2b_level']")

    def _rules(self):
        return self._read(f"/my/loyalty/program/{self.program.id}/rules")

    def test_the_page_shows_the_level_and_the_way_to_the_next(self):
        self.gold.write({"factor": 1.5, "description": "Next-day delivery"})
        self._put_on(self.gold, until="2026-12-31")
        with self.on("2026-10-01"):
            self._create_invoice_of([41800.0])
            section = self._level(self._read("/my/loyalty"))[0]
        text = self._text(section)
        for expected in (
            "Gold until 31 December 2026",
            "since 15 January 2026",
            "to Platinum, by 31 December 2026",
            "1.5 × the points",
            "Next-day delivery",
        ):
            self.assertIn(expected, text)
        bar = section.xpath(".//*[@role='progressbar']")[0]
        self.assertEqual(bar.get("aria-valuenow"), "20")
        self.assertIn("to Platinum", bar.get("aria-label"))

    def test_without_a_level_the_first_one_is_shown(self):
        text = self._text(self._level(self._read("/my/loyalty"))[0])
        self.assertIn("No level yet", text)
        self.assertIn("to Silver, by 31 December", text)

    def test_a_programme_without_levels_does_not_speak_of_them(self):
        self.program.tier_ids.unlink()
        self.assertFalse(self._level(self._read("/my/loyalty")))
        self.assertNotIn("Levels", self._text(self._rules()))

    def test_all_levels_stand_with_the_rules(self):
        self.gold.factor = 1.5
        page = self._rules()
        rows = page.xpath("//tr[@data-tier]")
        self.assertEqual(
            [row.get("data-tier") for row in rows],
            [str(tier.id) for tier in (self.silver, self.gold, self.platinum)],
        )
        text = self._text(rows[1])
        self.assertIn("Gold", text)
        self.assertIn("50,000", text)
        self.assertIn("1.5 × the points", text)
        # said once: not among the rules as well
        self.assertNotIn("times the points", self._text(page))
        self.assertIn("Levels go by net purchases", self._text(page))

    def test_rules_for_levels_name_them(self):
        self._create_rule(points=2, tier_ids=self.gold.ids)
        self.assertIn("for level Gold", self._text(self._rules()))

    def test_why_a_level_was_given_is_not_shown(self):
        self.wallet._set_tier(self.gold, "Threatened to leave", None)
        text = self._text(self._read("/my/loyalty"))
        self.assertIn("by agreement", text)
        self.assertNotIn("Threatened", text)

    def _url(self, program, tier):
        return f"/my/loyalty/program/{program.id}/level/{tier.id}/image"

    def test_pictures_are_for_those_who_take_part(self):
        self.gold.image = PIXEL
        page = self._rules()
        source = page.xpath("//img[contains(@src, '/level/')]/@src")[0]
        picture = self._open(source, self.boss)
        self.assertEqual(picture.status_code, 200)
        self.assertEqual(picture.headers["Content-Type"], "image/png")
        self.assertTrue(base64.b64decode(PIXEL)[:4] == picture.content[:4])
        self.company.loyalty_b2b_several_programs = True
        private = self._create_program(
            name="Private",
            tier_ids=[
                Command.create({"name": "Hidden", "threshold": 1, "image": PIXEL})
            ],
        )
        for program, tier in (
            (private, private.tier_ids),
            (self.program, private.tier_ids),
            (private, self.gold),
        ):
            answer = self._open(self._url(program, tier), self.boss)
            self.assertEqual(answer.status_code, 404)
        self.assertEqual(
            self._open(self._url(self.program, self.silver), self.boss).status_code, 404
        )
        self.assertEqual(
            self._open(self._url(self.program, self.gold), self.outsider).status_code,
            404,
        )

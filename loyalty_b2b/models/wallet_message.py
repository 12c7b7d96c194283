from odoo import models

from .program_portal import is_dark
from .res_partner_portal import VISIBLE_PROGRAM_STATES

# What comes first in a message, and in its subject.
TOPICS = (
    "closing",
    "terms",
    "announced",
    "invited",
    "joined",
    "tier_reached",
    "tier_lost",
    "tier_ending",
    "expiring",
    "used",
    "earned",
    "changed",
    "statement",
)
MOST_IN_SUBJECT = 2


class LoyaltyB2bWallet(models.Model):
    """What a message says: plain values in the reader's language, and their HTML."""

    _inherit = "loyalty.b2b.wallet"

    # === VALUES === #

    def _prepare_message(self, person, notices, rows, lang=None):
        """Return what one person is told, as plain values in his language.

        :param person: `res.partner` who reads.
        :param notices: `loyalty.b2b.notice`, or dicts with their columns.
        :param list rows: of the ledger, see `_query_news`.
        :param str lang: the person's by default.
        :return: dict; without a subject there is nothing to tell.
        """
        self.ensure_one()
        lang = lang or self._get_message_lang(person)
        reader = self.with_context(lang=lang).sudo()
        sections = reader._prepare_sections(notices, rows)
        has_portal = bool(
            person._has_loyalty_b2b_portal()
            and self.program_id.state in VISIBLE_PROGRAM_STATES
        )
        return {
            "lang": lang,
            "sections": sections,
            "notice_ids": {i for section in sections for i in section["notice_ids"]},
            "subject": reader._get_message_subject(sections),
            "name": "" if person.is_company else person.name or "",
            "customer": self.partner_id.display_name,
            "has_portal": has_portal,
            "join_url": self.get_base_url() + self._get_join_path()
            if has_portal and self._can_join()
            else "",
            "figure": reader._prepare_message_figure(sections),
            "program": reader._prepare_message_program(),
            "manager": reader._prepare_portal_manager(),
        }

    def _get_join_path(self):
        """Return where in the portal an invited company joins."""
        return f"/my/loyalty/program/{self.program_id.id}/join"

    def _get_message_lang(self, person):
        """Return the language of a message: the reader's, else the company's."""
        installed = dict(self.env["res.lang"].get_installed())
        for lang in (person.lang, self.company_id.partner_id.lang, self.env.lang):
            if lang in installed:
                return lang
        return "en_US"

    def _prepare_sections(self, notices, rows):
        """Return what there is to tell, topic by topic, the most important first."""
        by_topic = {}
        for notice in notices:
            by_topic.setdefault(notice["topic"], []).append(notice)
        sections = []
        for topic in TOPICS:
            if topic in ("earned", "used", "changed"):
                section = self._prepare_movements(topic, rows)
            elif found := by_topic.get(topic):
                section = getattr(self, f"_prepare_topic_{topic}")(found)
            else:
                continue
            if section:
                ids = [n["id"] for n in by_topic.get(topic, ())]
                sections.append({"topic": topic, "notice_ids": ids, **section})
        return sections

    def _get_message_subject(self, sections):
        """Return the subject line: the programme, and what it is about."""
        if not sections:
            return ""
        texts = [section["subject"] for section in sections[:MOST_IN_SUBJECT]]
        more = " …" if len(sections) > MOST_IN_SUBJECT else ""
        return f"{self.program_id.name}: {', '.join(texts)}{more}"

    def _prepare_message_figure(self, sections):
        """Return what there is to use now; {} before anything was earned."""
        program = self.program_id
        if program.state in ("draft", "announced"):
            return {}
        points = int(self.available)
        topics = {section["topic"] for section in sections}
        if not points and topics & {"invited", "joined"}:
            return {}
        worth = program._get_portal_worth(max(points, 0), program._get_portal_rate())
        return {
            "points": program._format_portal_points(points),
            "worth": program._format_portal_worth(worth) if worth else "",
        }

    def _prepare_message_program(self):
        """Return the programme's look and addresses, absolute as mails need them."""
        program, base = self.program_id, self.get_base_url()
        values = program._prepare_portal_program()
        return {
            **values,
            "logo_url": f"{base}{program._get_logo_path()}",
            "url": f"{base}{values['url']}",
            "rules_url": f"{base}{values['rules_url']}",
            "messages_url": f"{base}{values['url']}/messages",
            "on_color": "#ffffff" if is_dark(values["color"]) else "#1f2933",
        }

    # === HTML === #

    def _render_message(self, message):
        """Return the inner part of a message, which the portal shows as well.

        :param dict message: of `_prepare_message`.
        """
        return self.env["ir.qweb"]._render(
            "loyalty_b2b.message_body", {"m": message}, lang=message["lang"]
        )

    def _render_message_layout(self, body, subject):
        """Return a whole mail: the message in the look of its programme."""
        self.ensure_one()
        wallet = self.sudo()
        return self.env["ir.qweb"]._render(
            "loyalty_b2b.message_layout",
            {
                "body": body,
                "subject": subject,
                "html_lang": (self.env.lang or "en_US").replace("_", "-"),
                "program": wallet._prepare_message_program(),
                "company": wallet.company_id,
                "address": wallet._get_message_address(),
            },
            lang=self.env.lang,
        )

    def _get_message_address(self):
        """Return name, address and tax id of the company that runs the programme."""
        company = self.company_id
        town = " ".join(part for part in (company.zip, company.city) if part)
        return [part for part in (company.street, town, company.phone) if part]

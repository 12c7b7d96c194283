from typing import NamedTuple

from odoo import fields, models, tools

from .program_page import TOLD


class Teaser(NamedTuple):
    """What strangers read of a programme in the shop, in one language."""

    program_id: int
    name: str
    text: str
    url: str


class Website(models.Model):
    """Which programmes a website tells strangers of, and the line that does."""

    _inherit = "website"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_programs(self):
        """Return the programmes that have a page here, in sudo, the running first."""
        self.ensure_one()
        programs = self.env["loyalty.b2b.program"].sudo()
        programs = programs.search(
            [("company_id", "=", self.company_id.id), ("state", "in", TOLD)]
        )
        shown = programs.filtered(lambda one: one._is_shown_on(self))
        return shown.sorted(lambda one: one.state != "running")

    def _get_loyalty_b2b_program(self):
        """Return the programme that strangers read about, in sudo; may be empty.

        Without a query when warm.
        """
        self.ensure_one()
        program_id = self._get_loyalty_b2b_program_id()
        return self.env["loyalty.b2b.program"].sudo().browse(program_id or [])

    @tools.ormcache("self.id")
    def _get_loyalty_b2b_program_id(self):
        """Return the id of the running programme of the website; 0 without one.

        Emptied with every change of a programme or website.
        """
        found = self._get_loyalty_b2b_programs()
        return found.filtered(lambda one: one.state == "running")[:1].id or 0

    def _get_loyalty_b2b_teaser(self):
        """Return the line for visitors whose company does not take part, or None.

        Those of a company that takes part in any way read nothing, a control group
        neither. Strangers cost no query when warm.

        :return: `Teaser`.
        """
        self.ensure_one()
        program = self._get_loyalty_b2b_program()
        if not program or self._is_loyalty_b2b_known(program):
            return None
        today = fields.Date.today()
        return self._get_loyalty_b2b_teaser_of(program.id, today)

    def _is_loyalty_b2b_known(self, program):
        """Tell whether the visitor's company takes part, or did."""
        user = self.env.user
        if user._is_public() or user._is_internal():
            return False
        if self._get_loyalty_b2b_visit():
            return True
        owner = user.partner_id.sudo()._get_loyalty_b2b_owner()
        return bool(program._find_participant(owner))

    @tools.ormcache("self.id", "self.env.lang", "program_id", "today")
    def _get_loyalty_b2b_teaser_of(self, program_id, today):
        """Return the line on a programme, the same for all visitors of a language.

        :param date today: examples are of this day.
        """
        program = self.env["loyalty.b2b.program"].browse(program_id)
        program = program._read_as_stranger(self)
        return Teaser(
            program_id=program.id,
            name=program.name,
            text=program._get_teaser_text(),
            url=program._get_shop_url(),
        )

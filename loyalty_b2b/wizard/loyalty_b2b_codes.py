import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.loyalty_b2b_reward_code import mask
from ..models.redemption_fulfilment import OFFICER
from ..tools import cells
from . import sheet
from .loyalty_b2b_opening import read_text

MOST_LETTERS = 100
# Lines of the report that are written out.
MOST_FAULTS = 50
HEADINGS = ("code", "codes", "kod", "kody", "voucher")


class LoyaltyB2bCodes(models.TransientModel):
    """Takes voucher codes into a pool: a dry run first, then what it showed."""

    _name = "loyalty.b2b.codes"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Add Voucher Codes"

    reward_id = fields.Many2one(
        comodel_name="loyalty.b2b.reward",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    text = fields.Text(
        string="Codes",
        help="One a line; after a semicolon or a tab the last day of its validity.",
    )
    file = fields.Binary(string="Or a list", attachment=False)
    filename = fields.Char()
    date_end = fields.Date(
        string="Valid until", help="Of codes that have no day of their own."
    )
    state = fields.Selection(
        selection=[("draft", "New"), ("checked", "Dry run"), ("done", "Added")],
        default="draft",
        readonly=True,
    )
    count_new = fields.Integer(string="To add", readonly=True)
    count_fault = fields.Integer(string="Left out", readonly=True)
    report = fields.Text(string="Left out because", readonly=True)

    # === ACTION METHODS === #

    def action_dry_run(self):
        """Show which codes would be added, and which not, and why."""
        self.ensure_one()
        self._check_allowed()
        new, faults = self._get_plan()
        self.sudo().write({"state": "checked", **self._prepare_report(new, faults)})
        return self._reopen()

    def action_add(self):
        """Add the codes that are new; the others stay out.

        :raises UserError: if none is new.
        """
        self.ensure_one()
        self._check_allowed()
        new, faults = self._get_plan()
        if not new:
            raise UserError(
                self.env._("None of these codes is new: there is nothing to add.")
            )
        codes = self.env["loyalty.b2b.reward.code"].sudo()
        codes.create(
            [
                {"reward_id": self.reward_id.id, "code": code, "date_end": day}
                for code, day in new.items()
            ]
        )
        self.reward_id._close_warning()
        self.reward_id.sudo().message_post(
            body=self.env._("%s voucher codes were added.", len(new)),
            author_id=self.env.user.partner_id.id,
        )
        values = {"state": "done", "text": False, "file": False}
        self.sudo().write({**values, **self._prepare_report(new, faults)})
        return self._reopen()

    def _check_allowed(self):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(self.env._("Only loyalty officers add voucher codes."))
        self.reward_id.check_access("write")

    # === THE PLAN === #

    def _get_plan(self):
        """Return what the list brings, in its order.

        :return: dict of new code → last day or False; list of faults in words.
        """
        lines, today = self._read_lines(), self.reward_id.program_id._today()
        written = [read_text(row[0]) for _number, row in lines]
        known = self._find_known(set(written))
        new, faults, seen = {}, [], {}
        for (number, row), code in zip(lines, written, strict=True):
            day, fault = self._read_day(row)
            fault = fault or self._get_fault(code, day, known, today)
            if not fault and code in seen:
                fault = self.env._("the same as line %s", seen[code])
            if fault:
                faults.append((number, mask(code), fault))
                continue
            seen[code] = number
            new[code] = day or False
        return new, faults

    def _read_lines(self):
        """Return the rows of what was pasted or uploaded, without the heading."""
        if self.file:
            content, name = base64.b64decode(self.file), self.filename or ""
        elif (self.text or "").strip():
            content, name = self.text.strip().encode(), "codes.csv"
        else:
            raise UserError(self.env._("Paste the codes, or upload a list."))
        try:
            rows = sheet.read_rows(content, name)
        except sheet.SheetError as error:
            raise UserError(self._get_file_message(error.fault)) from error
        if rows and read_text(rows[0][1][0]).lower() in HEADINGS:
            rows = rows[1:]
        return rows

    def _get_file_message(self, fault):
        return {
            "size": self.env._("The file is larger than 10 MB."),
            "rows": self.env._("The list has more than 50 000 lines: divide it."),
            "kind": self.env._("Upload a spreadsheet (.xlsx) or a .csv file."),
        }.get(fault, self.env._("The file cannot be read."))

    def _find_known(self, codes):
        """Return code → reward for those in a pool of the company already."""
        found = (
            self.env["loyalty.b2b.reward.code"]
            .sudo()
            .search_fetch(
                [
                    ("code", "in", list(codes)),
                    ("company_id", "=", self.reward_id.company_id.id),
                ],
                ["code", "reward_id"],
            )
        )
        return {one.code: one.reward_id for one in found}

    def _read_day(self, row):
        """Return the last day of a row and what is wrong with it, '' if nothing."""
        cell = row[1] if len(row) > 1 else None
        try:
            return cells.read_day(cell) or self.date_end, ""
        except ValueError:
            return None, self.env._(
                "“%s” is no date: write 2026-12-31 or 31.12.2026", read_text(cell)
            )

    def _get_fault(self, code, day, known, today):
        """Return why a code is left out, or ''."""
        if not code:
            return self.env._("no code")
        if len(code) > MOST_LETTERS or not code.isprintable():
            return self.env._("no code: longer than 100 letters, or unreadable")
        if day and day < today:
            return self.env._("ended on %s", format_date(self.env, day))
        if code in known:
            return self.env._("in the pool of “%s” already", known[code].name)
        return ""

    # === REPORT === #

    def _prepare_report(self, new, faults):
        lines = [
            self.env._(
                "Line %(number)s (%(code)s): %(fault)s",
                number=number,
                code=code,
                fault=fault,
            )
            for number, code, fault in faults[:MOST_FAULTS]
        ]
        if len(faults) > MOST_FAULTS:
            lines.append(self.env._("… and %s more", len(faults) - MOST_FAULTS))
        return {
            "count_new": len(new),
            "count_fault": len(faults),
            "report": "\n".join(lines) or False,
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add voucher codes"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

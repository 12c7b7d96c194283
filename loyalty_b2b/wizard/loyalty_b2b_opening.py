import base64
import hashlib
import io

import xlsxwriter

from odoo import fields, models
from odoo.exceptions import UserError

from ..fields import Points
from ..models.loyalty_b2b_activity_type import MOST_POINTS
from ..tools import cells as reading
from . import sheet

# Column → how else it may be called, in small letters.
COLUMNS = {
    "tax_id": ("tax id", "vat", "nip"),
    "reference": ("internal reference", "ref"),
    "points": ("point",),
    "date_expiry": ("last day of use", "usable until", "expiry"),
    "note": ("text", "reason"),
}


class LoyaltyB2bOpening(models.TransientModel):
    """Asks for a list of opening balances: a line is a lot of a customer."""

    _name = "loyalty.b2b.opening"
    _inherit = "loyalty.b2b.intake"
    _description = "Opening Balances"

    file = fields.Binary(
        string="List", attachment=False, help="A spreadsheet (.xlsx) or .csv."
    )
    filename = fields.Char()
    template = fields.Binary(readonly=True, attachment=False)
    control_total = Points(
        string="Control total",
        help="Sum of the points as you know it; it must be that of the list.",
    )
    points_list = Points(string="Sum of the list", readonly=True)
    line_ids = fields.One2many(
        comodel_name="loyalty.b2b.opening.line", inverse_name="wizard_id", readonly=True
    )

    # === ACTION METHODS === #

    def action_template(self):
        """Download the list to fill in."""
        self.ensure_one()
        self._check_allowed()
        self.template = base64.b64encode(self._get_template())
        return self._download("template", self.env._("Opening balances"))

    # === THE FILE === #

    def _get_labels(self):
        """Return the captions of the columns, in the user's language."""
        return {
            "tax_id": self.env._("Tax ID"),
            "reference": self.env._("Internal reference"),
            "points": self.env._("Points"),
            "date_expiry": self.env._("Last day of use"),
            "note": self.env._("Text"),
        }

    def _get_template(self):
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            page = book.add_worksheet()
            bold, text = book.add_format({"bold": True}), book.add_format()
            text.set_num_format("@")
            page.set_column(0, 1, 20, text)
            page.set_column(2, 4, 20)
            page.write_row(0, 0, self._get_labels().values(), bold)
        return content.getvalue()

    def _read_file(self):
        """Return the lines of the file: dicts of column → cell, and `number`.

        :raises UserError: if it is no list of opening balances.
        """
        if not self.file:
            raise UserError(self.env._("Upload the list first."))
        try:
            rows = sheet.read_rows(base64.b64decode(self.file), self.filename or "")
        except sheet.SheetError as error:
            raise UserError(self._get_file_message(error.fault)) from error
        places = self._find_columns(rows[0][1] if rows else [])
        return [
            {
                "number": number,
                **{
                    name: cells[place] if place < len(cells) else None
                    for name, place in places.items()
                },
            }
            for number, cells in rows[1:]
        ]

    def _find_columns(self, head):
        labels = self._get_labels()
        names = {
            known: name
            for name, others in COLUMNS.items()
            for known in (name, labels[name].lower(), *others)
        }
        places = {}
        for place, cell in enumerate(head):
            name = names.get(str(cell or "").lower())
            if name and name not in places:
                places[name] = place
        if "points" not in places or not {"tax_id", "reference"} & places.keys():
            raise UserError(
                self.env._(
                    "The first line of the list names its columns: %(columns)s. Points,"
                    " and tax id or internal reference, are needed.",
                    columns=", ".join(labels.values()),
                )
            )
        return places

    def _get_file_message(self, fault):
        return {
            "size": self.env._("The file is larger than 10 MB."),
            "rows": self.env._("The list has more than 50 000 lines: divide it."),
            "kind": self.env._("Upload a spreadsheet (.xlsx) or a .csv file."),
        }.get(fault, self.env._("The file cannot be read."))

    # === THE PLAN === #

    def _get_plan(self):
        lines = self._read_file()
        owners = self._find_owners(lines)
        found = self.env["res.partner"].union(*owners.values())
        wallets = self.program_id._find_wallets(found)
        today = self.program_id._today()
        seen = {}
        plan = [self._plan_line(line, owners, wallets, today, seen) for line in lines]
        self._mark_known(plan)
        return plan

    def _find_owners(self, lines):
        """Return (column, text) → companies."""
        program, owners = self.program_id, {}
        for name, finder in (("tax_id", "tax_ids"), ("reference", "references")):
            texts = {read_text(line.get(name)) for line in lines} - {""}
            found = program._find_customers(texts, (finder,))
            owners.update({(name, text): found[text] for text in texts})
        return owners

    def _plan_line(self, line, owners, wallets, today, seen):
        """Return what happens to a line.

        :param dict seen: keys of the lines above → their numbers.
        """
        tax_id, reference = (
            read_text(line.get("tax_id")),
            read_text(line.get("reference")),
        )
        points = reading.read_whole(line.get("points"))
        row = {
            "number": line["number"],
            "label": tax_id or reference,
            "partner_id": False,
            "wallet_id": False,
            "points": points or 0,
            "date_expiry": None,
            "note": read_text(line.get("note")),
            "outcome": "refused",
            "message": "",
            "key": "",
            "origin": "import",
        }
        place = ("tax_id", tax_id) if tax_id else ("reference", reference)
        found = owners.get(place, self.env["res.partner"])
        row["message"] = (
            self._get_owner_refusal(row, found, place)
            or self._get_points_refusal(line.get("points"), points)
            or self._read_expiry(row, line.get("date_expiry"), today)
            or self._decide(row, found, wallets)
            or self._get_double_refusal(row, seen)
        )
        if row["message"]:
            row["outcome"] = "refused"
        # not before its key is made: another reader's word is no other line
        row["note"] = row["note"] or self.env._("Opening balance")
        return row

    def _get_owner_refusal(self, row, owners, place):
        if not row["label"]:
            return self.env._("Neither tax id nor internal reference.")
        if not owners and place[0] == "tax_id":
            return self.env._("No customer has this tax id.")
        if not owners:
            return self.env._("No customer has this internal reference.")
        if place[0] == "reference" and len(owners) > 1:
            return self.env._("Several customers have this internal reference.")
        return ""

    def _get_points_refusal(self, cell, points):
        if points is None:
            return self.env._("“%s” is no whole number of points.", read_text(cell))
        if points <= 0:
            return self.env._("Points must be above zero.")
        if points > MOST_POINTS:
            return self.env._("More than 1 000 000 000 000 points in one lot.")
        return ""

    def _read_expiry(self, row, cell, today):
        """Put the last day of use into the row; return why it cannot be, or ''."""
        try:
            row["date_expiry"] = reading.read_day(cell)
        except ValueError:
            return self.env._(
                "“%s” is no date: write 2026-12-31 or 31.12.2026.", read_text(cell)
            )
        if row["date_expiry"] and row["date_expiry"] < today:
            return self.env._("The last day of use lies in the past.")
        return ""

    def _get_double_refusal(self, row, seen):
        """Name the event of a line; a second line of the same content is a mistake."""
        content = "|".join(
            str(row[name]) for name in ("partner_id", "points", "date_expiry", "note")
        )
        name = hashlib.sha256(content.encode()).hexdigest()[:32]
        row["key"] = f"opening:{self.program_id.id}:{name}"
        first = seen.setdefault(row["key"], row["number"])
        if first != row["number"]:
            return self.env._(
                "The same as line %s. If both are meant, let their texts differ.", first
            )
        return ""

    def _show(self, plan):
        super()._show(plan)
        self.points_list = sum(row["points"] for row in plan)

    def _check_plan(self, plan):
        refused = [row for row in plan if row["outcome"] == "refused"]
        if refused:
            raise UserError(
                self.env._(
                    "%(count)s lines cannot be booked, the first is line %(number)s:"
                    " %(message)s Correct the list: it is booked as a whole.",
                    count=len(refused),
                    number=refused[0]["number"],
                    message=refused[0]["message"],
                )
            )
        total = sum(row["points"] for row in plan)
        if total != self.control_total:
            raise UserError(
                self.env._(
                    "The list sums to %(total)s points, the control total says"
                    " %(control)s.",
                    total=self._format_number(total),
                    control=self._format_number(self.control_total),
                )
            )
        if all(row["outcome"] == "same" for row in plan):
            raise UserError(
                self.env._("There is nothing to book: all of it was booked before.")
            )

    def _finish(self, booked):
        self.program_id.sudo().message_post(
            body=self.env._(
                "Opening balances booked: %(points)s points in %(count)s lines.",
                points=self._format_number(sum(row["points"] for row in booked)),
                count=self._format_number(len(booked)),
            ),
            author_id=self.env.user.partner_id.id,
            attachments=[(self.filename, base64.b64decode(self.file))],
        )


def read_text(cell):
    """Return a cell as text; a spreadsheet may hold a tax id as a number."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    return str(cell).strip()

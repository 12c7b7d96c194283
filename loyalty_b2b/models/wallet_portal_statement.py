from odoo import models
from odoo.exceptions import UserError

from ..report.customer_statement_sheet import write_sheet
from ..report.loyalty_b2b_movement import COLUMNS
from ..tools.terms import get_last_month, get_last_quarter, read_term
from .wallet_portal_history import WORDS

MOST_ROWS = 2000
READ = (
    "date_booked",
    "kind",
    "points",
    "move_name",
    "order_name",
    "note",
    "origin",
    "is_late",
    "partner_id",
    "partner_name",
    "contact_name",
    "redemption_id",
)


class LoyaltyB2bWallet(models.Model):
    """The statement of a period for the customer: the same however often printed.

    It goes by the day of booking, on which nothing is ever booked afterwards, and says
    nothing that may change later, as what became of points.
    """

    _inherit = "loyalty.b2b.wallet"

    # === THE PERIOD === #

    def _read_statement_term(self, first=None, last=None):
        """Return first and last day of a statement; of the last quarter by default.

        :param first: as typed in, like 2026-12-31; None for the default.
        :raises UserError: in words for the person who typed them in.
        """
        today = self.program_id._today()
        if first is None and last is None:
            return get_last_quarter(today)
        try:
            return read_term(first, last, today)
        except ValueError as fault:
            raise UserError(self._get_term_refusal(str(fault))) from fault

    def _get_term_refusal(self, fault):
        return {
            "reversed": self.env._("The first day comes after the last one."),
            "future": self.env._(
                "The last day has not come yet: choose an earlier one."
            ),
            "long": self.env._("A statement covers three years at most."),
        }.get(fault) or self.env._("Choose the first and the last day.")

    def _get_statement_terms(self):
        """Return the periods that are a click away: label, first and last day."""
        today = self.program_id._today()
        year = today.replace(month=1, day=1)
        last_year = year.replace(year=year.year - 1)
        return [
            (self.env._("Last month"), *get_last_month(today)),
            (self.env._("Last quarter"), *get_last_quarter(today)),
            (self.env._("This year"), year, today),
            (
                self.env._("Last year"),
                last_year,
                last_year.replace(month=12, day=31),
            ),
        ]

    # === THE STATEMENT === #

    def _get_statement(self, first, last):
        """Return the statement of a period as plain values, for page, paper and sheet.

        :param date first: first day; goes by the day of booking.
        :param date last: last day, included.
        :return: dict with file_name, period, rate, note, figures (key, label, number,
            points, amount, worth) and rows, oldest first, no more than `MOST_ROWS`;
            is_long tells that there are more of them.
        """
        self.ensure_one()
        wizard = self.env["loyalty.b2b.statement"].new(
            {
                "program_id": self.program_id.id,
                "wallet_id": self.id,
                "date_from": first,
                "date_to": last,
                "by_customer": False,
            }
        )
        table = wizard._get_table()
        figures = self._prepare_statement_figures(table)
        entries = self._find_statement_entries(first, last)
        return {
            "file_name": f"{self.program_id.name} {first} {last}".replace("/", "-"),
            "period": table["period"],
            "rate": table["rate"] or "",
            "note": table["note"],
            "figures": figures,
            "rows": self._prepare_statement_rows(entries, figures[0]["number"]),
            "is_long": len(entries) > MOST_ROWS,
        }

    def _prepare_statement_figures(self, table):
        """Return opening, the five words and closing, of a table of all movements."""
        labels, total, program = (
            self._get_portal_words(),
            table["total"],
            self.program_id,
        )
        parts = {
            "opening": (self.env._("Opening"), ["opening"]),
            **{
                word: (
                    labels[word],
                    [name for name, of in COLUMNS.items() if set(of) <= set(kinds)],
                )
                for word, kinds in WORDS.items()
            },
            "closing": (self.env._("Closing"), ["closing"]),
        }
        figures = []
        for key, (label, names) in parts.items():
            number = sum(total["points"][name] for name in names)
            amount = sum(total["amounts"][name] for name in names)
            amount = program.currency_id.round(amount)
            is_change = key not in ("opening", "closing")
            figures.append(
                {
                    "key": key,
                    "label": label,
                    "number": number,
                    "points": program._format_portal_points(number, signed=is_change),
                    "amount": amount,
                    "worth": program.currency_id.format(amount)
                    if table["rate"]
                    else "",
                }
            )
        return figures

    def _find_statement_entries(self, first, last):
        """Return the entries booked in a period as dicts; one too many if there are."""
        domain = [
            ("wallet_id", "=", self.id),
            ("state", "=", "posted"),
            ("points", "!=", 0),
            ("date_booked", ">=", first),
            ("date_booked", "<=", last),
        ]
        return (
            self.env["loyalty.b2b.entry"]
            .sudo()
            .search_read(
                domain,
                READ,
                order="date_booked, booking, id",
                limit=MOST_ROWS + 1,
                load="",
            )
        )

    def _prepare_statement_rows(self, entries, balance):
        """Return what happened, with the balance after each row.

        :param list entries: of `_find_statement_entries`.
        :param int balance: points before the first of them.
        """
        program = self.program_id
        redemptions = self.env["loyalty.b2b.redemption"].sudo()
        redemptions = redemptions.browse(
            {row["redemption_id"] for row in entries} - {False}
        )
        rewards = {one.id: one.reward_name or "" for one in redemptions}
        rows = []
        for row in entries[:MOST_ROWS]:
            number = int(row["points"])
            balance += number
            reward = rewards.get(row["redemption_id"])
            rows.append(
                {
                    "date": row["date_booked"],
                    "day": program._format_portal_day(row["date_booked"]),
                    "word": self._get_portal_word(row["kind"]),
                    "text": reward or self._get_portal_text(row),
                    "document": row["move_name"] or row["order_name"] or "",
                    "customer": self._get_portal_customer(row),
                    "person": self._get_statement_person(row),
                    "number": number,
                    "points": self._format_portal_signed(number),
                    "balance_number": balance,
                    "balance": self._format_portal_number(balance),
                    "is_credit": number > 0,
                }
            )
        return rows

    def _get_statement_person(self, row):
        """Return who it was, where a document names a person and not the company."""
        name = row["contact_name"] or ""
        return "" if name in (row["partner_name"], self.partner_id.name) else name

    def _format_portal_signed(self, points):
        sign = "+" if points > 0 else ""
        return f"{sign}{self._format_portal_number(points)}"

    # === PAPER AND SHEET === #

    def _print_statement(self, first, last):
        """Return the statement of a period as the bytes of a PDF.

        :raises UserError: if there are too many rows, or PDFs cannot be made here.
        """
        self._check_statement_rows(first, last)
        content, _kind = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_pdf(
                "loyalty_b2b.loyalty_b2b_customer_statement_report",
                self.ids,
                data={"first": str(first), "last": str(last)},
            )
        )
        return content

    def _check_statement_rows(self, first, last):
        """Refuse a statement that does not fit."""
        if len(self._find_statement_entries(first, last)) > MOST_ROWS:
            raise UserError(
                self.env._(
                    "A statement has %(count)s rows at most: choose a shorter period.",
                    count=self._format_portal_number(MOST_ROWS),
                )
            )

    def _get_statement_sheet(self, first, last):
        """Return the statement of a period as the bytes of an xlsx file.

        :raises UserError: if there are too many rows.
        """
        self._check_statement_rows(first, last)
        statement, program = self._get_statement(first, last), self.program_id
        return write_sheet(
            [
                (program.company_id.name, program.name),
                (self.env._("Customer"), self.partner_id.name),
                (self.env._("Period"), statement["period"]),
                (self.env._("Rate"), statement["rate"]),
            ],
            statement["figures"],
            [
                ("date", self.env._("Booked on")),
                ("word", self.env._("What happened")),
                ("text", self.env._("Text")),
                ("document", self.env._("Document")),
                ("customer", self.env._("Company")),
                ("person", self.env._("Person")),
                ("number", program.point_name),
                ("balance_number", self.env._("Balance")),
            ],
            statement["rows"],
            last=last,
            digits=program.currency_id.decimal_places,
        )

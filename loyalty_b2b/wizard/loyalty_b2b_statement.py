import base64
import io
from collections import defaultdict
from fractions import Fraction

import xlsxwriter
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, formatLang

from ..report.loyalty_b2b_movement import COLUMNS
from ..tools import rounding

ALL = 0


class LoyaltyB2bStatement(models.TransientModel):
    """Asks for a period and prints how the points moved in it, or what there is."""

    _name = "loyalty.b2b.statement"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Points Statement"

    what = fields.Selection(
        selection=[("movement", "Points movement"), ("balance", "Balance at a date")],
        required=True,
        default="movement",
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_program_id(),
    )
    company_id = fields.Many2one(related="program_id.company_id")
    currency_id = fields.Many2one(related="program_id.currency_id")
    date_from = fields.Date(
        string="From", default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self._default_date_to(),
        help="Last day, included.",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        help="Empty: everybody who takes part and whose wallet you may see.",
    )
    by_customer = fields.Boolean(string="A row for each customer", default=True)
    by_month = fields.Boolean(string="A row for each month")
    file = fields.Binary(readonly=True, attachment=False)

    # === DEFAULT METHODS === #

    @api.model
    def _default_program_id(self):
        return self.env["loyalty.b2b.program"].search(
            [("company_id", "=", self.env.company.id), ("state", "!=", "draft")],
            limit=1,
        )

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self).replace(day=1) - relativedelta(months=1)

    @api.model
    def _default_date_to(self):
        today = fields.Date.context_today(self)
        if self.env.context.get("default_what") == "balance":
            return today
        return today.replace(day=1) - relativedelta(days=1)

    # === CONSTRAINT METHODS === #

    @api.constrains("what", "date_from", "date_to")
    def _check_dates(self):
        for wizard in self.filtered(lambda w: w.what == "movement"):
            if not wizard.date_from or wizard.date_from > wizard.date_to:
                raise ValidationError(
                    self.env._("The first day of the period comes before its last.")
                )

    # === ACTION METHODS === #

    def action_print(self):
        """Print the statement as PDF."""
        self.ensure_one()
        report = self.env.ref("loyalty_b2b.loyalty_b2b_statement_report")
        return report.report_action(self, config=False)

    def action_export(self):
        """Download the statement as a spreadsheet."""
        self.ensure_one()
        self.file = base64.b64encode(self._get_spreadsheet())
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file"
            f"/{self._get_file_name()}.xlsx?download=true",
            "target": "self",
        }

    def action_view(self):
        """Open the same entries as a pivot."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_movement_action"
        )
        group = "partner_id" if self.by_customer else "date:month"
        return {
            **action,
            "domain": self._get_domain(first=self.what == "movement"),
            "context": {"pivot_row_groupby": [group]},
            "target": "main",
        }

    # === BUSINESS METHODS === #

    def _get_file_name(self):
        self.ensure_one()
        days = (
            [self.date_to] if self.what == "balance" else [self.date_from, self.date_to]
        )
        return "_".join([self.what, *(str(day) for day in days)])

    def _get_domain(self, first=True):
        """Return the domain of the movements until the last day.

        :param bool first: only from the first day on.
        """
        domain = [
            ("program_id", "=", self.program_id.id),
            ("date", "<=", self.date_to),
        ]
        if first:
            domain.append(("date", ">=", self.date_from))
        if self.partner_ids:
            owners = self.partner_ids._get_loyalty_b2b_owner()
            domain.append(("wallet_id.participant_ids.partner_id", "in", owners.ids))
        return domain

    def _get_table(self):
        """Return the statement as plain values, for paper and spreadsheet.

        :return: dict with title, period, rate, note, by_month, columns (name, label),
            rows and total; a row has customer, month, points and amounts by column.
        """
        self.ensure_one()
        self.program_id.check_access("read")
        rows = self._get_rows()
        return {
            "title": dict(self._fields["what"]._description_selection(self.env))[
                self.what
            ],
            "period": self._get_period_text(),
            "rate": self._get_rate_text(),
            "note": self._get_note(),
            "by_month": self.by_month and self.what == "movement",
            "columns": self._get_columns(),
            "rows": rows,
            "total": self._get_total(rows),
        }

    def _get_columns(self):
        movements = self.env["loyalty.b2b.movement"]
        labels = {
            name: movements._fields[name]._description_string(self.env)
            for name in COLUMNS
        }
        flows = [{"name": name, "label": label} for name, label in labels.items()]
        if self.what == "balance":
            return [{"name": "closing", "label": self.env._("Balance")}]
        return [
            {"name": "opening", "label": self.env._("Opening")},
            *flows,
            {"name": "closing", "label": self.env._("Closing")},
        ]

    def _get_rows(self):
        """Return a row for each customer and month that has something to show."""
        opening = self._query_opening()
        flows = self._query_flows()
        rows = []
        for wallet_id, name in self._get_wallets({*opening, *flows}):
            points = opening.get(wallet_id, 0)
            for month, label in self._get_months():
                row = self._prepare_row(points, flows[wallet_id][month])
                points = row["points"]["closing"]
                if any(row["points"].values()):
                    rows.append({"customer": name, "month": label, **row})
        return rows

    def _get_wallets(self, ids):
        """Return (id, customer's name) of the wallets, in order of name."""
        if not self.by_customer:
            return [(ALL, self.env._("All customers"))]
        wallets = self.env["loyalty.b2b.wallet"].browse(ids)
        return sorted(
            ((wallet.id, wallet.partner_id.display_name) for wallet in wallets),
            key=lambda pair: (pair[1], pair[0]),
        )

    def _get_months(self):
        """Return (first day, label) of the months of the period, or one for all."""
        if not self.by_month or self.what == "balance":
            return [(None, "")]
        months, month = [], self.date_from.replace(day=1)
        while month <= self.date_to:
            label = format_date(self.env, month, date_format="LLLL yyyy")
            months.append((month, label))
            month += relativedelta(months=1)
        return months

    def _query_opening(self):
        """Return wallet id → points before the first day."""
        if self.what == "balance":
            return {}
        movements = self.env["loyalty.b2b.movement"]
        domain = [*self._get_domain(first=False), ("date", "<", self.date_from)]
        if not self.by_customer:
            ((points,),) = movements._read_group(domain, aggregates=["points:sum"])
            return {ALL: int(points or 0)}
        groups = movements._read_group(domain, ["wallet_id"], ["points:sum"])
        return {wallet.id: int(points) for wallet, points in groups}

    def _query_flows(self):
        """Return wallet id → month → points in the order of `COLUMNS`."""
        keys = ["wallet_id"] if self.by_customer else []
        keys += ["date:month"] if len(self._get_months()) > 1 else []
        groups = self.env["loyalty.b2b.movement"]._read_group(
            self._get_domain(first=self.what == "movement"),
            keys,
            [f"{name}:sum" for name in COLUMNS],
        )
        empty = [0] * len(COLUMNS)
        result = defaultdict(lambda: defaultdict(lambda: empty))
        months = self._get_months()
        for group in groups:
            values = [int(points or 0) for points in group[len(keys) :]]
            found = dict(zip(keys, group[: len(keys)], strict=True))
            wallet_id = found["wallet_id"].id if self.by_customer else ALL
            result[wallet_id][found.get("date:month", months[0][0])] = values
        return result

    def _prepare_row(self, opening, flows):
        """Return points and money by column; each row adds up in both.

        :param int opening: points before.
        :param list flows: points by column, in the order of `COLUMNS`.
        """
        closing = opening + sum(flows)
        before, after = self._get_minor_worth(opening), self._get_minor_worth(closing)
        exact = [self._get_exact_worth(points) for points in flows]
        changes = (
            rounding.round_rows(exact, after - before) if after != before else None
        )
        if changes is None:
            # nothing in all, or too little for a unit of money
            changes = rounding.round_rows(exact, 0) if any(exact) else [0] * len(flows)
        names = ["opening", *COLUMNS, "closing"]
        digits = self.currency_id.decimal_places
        minor = [before, *changes, after]
        amounts = [float(rounding.from_minor(value, digits)) for value in minor]
        return {
            "points": dict(zip(names, [opening, *flows, closing], strict=True)),
            "amounts": dict(zip(names, amounts, strict=True)),
        }

    def _get_total(self, rows):
        """Return the totals; opening is of the first, closing of the last month."""
        total = {"customer": self.env._("Total"), "month": ""}
        first, last = {}, {}
        for row in rows:
            first.setdefault(row["customer"], row)
            last[row["customer"]] = row
        for figure in ("points", "amounts"):
            sums = {name: sum(row[figure][name] for row in rows) for name in COLUMNS}
            sums["opening"] = sum(row[figure]["opening"] for row in first.values())
            sums["closing"] = sum(row[figure]["closing"] for row in last.values())
            total[figure] = sums
        # the parts are whole units of money; floats do not add up so exactly
        total["amounts"] = {
            name: self.currency_id.round(amount)
            for name, amount in total["amounts"].items()
        }
        return total

    # === WORTH AND WORDS === #

    def _get_exact_worth(self, points):
        """Return the worth in minor units of money, as a fraction."""
        rate = self.program_id._get_rate(self.date_to)
        if not rate:
            return Fraction(0)
        scale = 10**self.currency_id.decimal_places
        return Fraction(str(rate.amount)) * scale * points / int(rate.points)

    def _get_minor_worth(self, points):
        exact = self._get_exact_worth(abs(points))
        worth = exact.numerator // exact.denominator
        return worth if points >= 0 else -worth

    def _get_rate_text(self):
        rate = self.program_id._get_rate(self.date_to)
        return rate and self.env._(
            "%(points)s %(name)s = %(amount)s",
            points=self._format_points(rate.points),
            name=self.program_id.point_name,
            amount=self._format_amount(rate.amount),
        )

    def _get_period_text(self):
        days = [format_date(self.env, day) for day in (self.date_from, self.date_to)]
        return days[1] if self.what == "balance" else " – ".join(days)

    def _get_note(self):
        return self.env._(
            "Booked points only, by the day of booking. Money: worth of the points at"
            " the rate in force on %(day)s, without tax where the programme is net.",
            day=format_date(self.env, self.date_to),
        )

    def _get_company_address(self):
        company = self.company_id
        town = " ".join(part for part in (company.zip, company.city) if part)
        return ", ".join(part for part in (company.street, town) if part)

    def _format_points(self, points):
        return formatLang(self.env, points, digits=0) if points else "–"

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    # === SPREADSHEET === #

    def _get_spreadsheet(self):
        """Return the statement as the bytes of an xlsx file."""
        table = self._get_table()
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet(table["title"][:31])
            row = self._write_head(book, sheet, table)
            self._write_rows(book, sheet, table, row)
        return content.getvalue()

    def _write_head(self, book, sheet, table):
        """Write what stands above the table; return the row of its captions."""
        bold = book.add_format({"bold": True})
        lines = [
            (self.company_id.name, ""),
            (table["title"], table["period"]),
            (self.env._("Programme"), self.program_id.name),
            (self.env._("Rate"), table["rate"] or ""),
            (table["note"], ""),
        ]
        for row, (label, text) in enumerate(lines):
            sheet.write_string(row, 0, label, bold if row < 2 else None)
            sheet.write_string(row, 1, text)
        return len(lines) + 1

    def _write_rows(self, book, sheet, table, top):
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        names = [column["name"] for column in table["columns"]]
        unit = {"points": self.program_id.point_name, "amounts": self.currency_id.name}
        captions = [self.env._("Customer"), self.env._("Month")]
        for figure in ("points", "amounts"):
            captions += [f"{c['label']} ({unit[figure]})" for c in table["columns"]]
        for column, caption in enumerate(captions):
            sheet.write_string(top, column, caption, head)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, len(captions), 14)
        sheet.freeze_panes(top + 1, 2)
        rows = [*table["rows"], table["total"]]
        for number, row in enumerate(rows, start=top + 1):
            last = row is table["total"]
            self._write_row(sheet, number, row, names, self._get_formats(book, last))

    def _get_formats(self, book, is_total):
        style = {"bold": True, "top": 1} if is_total else {}
        digits = self.currency_id.decimal_places
        money = "#,##0" + ("." + "0" * digits if digits else "")
        return {
            "text": book.add_format(style),
            "points": book.add_format({**style, "num_format": "#,##0"}),
            "amounts": book.add_format({**style, "num_format": money}),
        }

    def _write_row(self, sheet, number, row, names, formats):
        sheet.write_string(number, 0, row["customer"], formats["text"])
        sheet.write_string(number, 1, row["month"], formats["text"])
        column = 2
        for figure in ("points", "amounts"):
            for name in names:
                sheet.write_number(number, column, row[figure][name], formats[figure])
                column += 1

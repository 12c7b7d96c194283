import base64
import hashlib
import io
import json

import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ..fields import Points

ADMIN = "loyalty_b2b.group_loyalty_b2b_admin"


class LoyaltyB2bIntake(models.AbstractModel):
    """Takes over points from elsewhere: a dry run first, then exactly what it showed.

    One function, `_get_plan`, says what happens to each line; both steps call it.
    """

    _name = "loyalty.b2b.intake"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Take Over Points"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_program_id(),
        domain="[('state', 'not in', ('closing', 'closed')),"
        " ('company_id', 'in', allowed_company_ids)]",
    )
    company_id = fields.Many2one(related="program_id.company_id")
    point_name = fields.Char(related="program_id.point_name")
    enrol = fields.Boolean(
        string="Enrol who does not take part yet",
        help="Otherwise their lines cannot be booked.",
    )
    state = fields.Selection(
        selection=[("draft", "New"), ("checked", "Dry run"), ("booked", "Booked")],
        readonly=True,
        default="draft",
    )
    digest = fields.Char(readonly=True, help="Names what the dry run showed.")
    count_book = fields.Integer(string="To book", readonly=True)
    count_enrol = fields.Integer(string="To enrol", readonly=True)
    count_same = fields.Integer(string="Booked before", readonly=True)
    count_refused = fields.Integer(string="Cannot be booked", readonly=True)
    points_book = Points(string="Points to book", readonly=True)
    report = fields.Binary(readonly=True, attachment=False)

    # === DEFAULT METHODS === #

    @api.model
    def _default_program_id(self):
        return self.env["loyalty.b2b.program"].search(
            [
                ("state", "not in", ("closing", "closed")),
                ("company_id", "=", self.env.company.id),
            ],
            limit=1,
        )

    # === ACTION METHODS === #

    def action_dry_run(self):
        """Show what booking would do to each line, and why not; nothing is booked.

        :raises AccessError: for users below administrator.
        """
        self.ensure_one()
        self._check_allowed()
        plan = self._get_plan()
        self._show(plan)
        self.write({"state": "checked", "digest": get_digest(plan)})
        return self._reopen()

    def action_book(self):
        """Book what the dry run showed, all or nothing.

        :raises AccessError: for users below administrator.
        :raises UserError: without a dry run, or if something has changed since.
        """
        self.ensure_one()
        self._check_allowed()
        plan = self._get_plan()
        if self.state != "checked" or get_digest(plan) != self.digest:
            raise UserError(
                self.env._(
                    "This is not what the dry run showed, as something has changed"
                    " since. Run it again, and book when it shows what you want."
                )
            )
        self._check_plan(plan)
        booked = [row for row in plan if row["outcome"] in ("book", "enrol")]
        self._book_plan(booked)
        self._finish(booked)
        self.state = "booked"
        return self._reopen()

    def action_report(self):
        """Download what the dry run showed as a spreadsheet."""
        self.ensure_one()
        self._check_allowed()
        self.report = base64.b64encode(self._get_report())
        return self._download("report", self.env._("Dry run"))

    # === BUSINESS METHODS === #

    def _check_allowed(self):
        if not self.env.user.has_group(ADMIN):
            raise AccessError(
                self.env._("Only loyalty administrators take over points.")
            )
        self.check_access("write")
        self.program_id.check_access("write")
        if self.program_id.state in ("closing", "closed"):
            raise UserError(
                self.env._(
                    "Programme %(program)s is ending and takes over no points.",
                    program=self.program_id.name,
                )
            )

    def _get_plan(self):
        """Return what happens to each line; writes nothing.

        :return: list of dicts: the columns of the lines' model, and `key` (of the
            event), `origin`, `note`; `outcome` is `book`, `enrol`, `same` or `refused`.
        """
        raise NotImplementedError

    def _check_plan(self, plan):
        """Refuse to book a plan that is not complete; overridable."""

    def _finish(self, booked):
        """Say on the programme what was booked; overridable."""

    def _show(self, plan):
        columns = set(self.line_ids._fields) & set(plan[0] if plan else ())
        self.line_ids.unlink()
        self.line_ids.create(
            [
                {"wizard_id": self.id, **{name: row[name] for name in columns}}
                for row in plan
            ]
        )
        outcomes = [row["outcome"] for row in plan]
        todo = [row for row in plan if row["outcome"] in ("book", "enrol")]
        self.write(
            {
                "count_book": len(todo),
                "count_enrol": len(
                    {row["partner_id"] for row in todo if row["outcome"] == "enrol"}
                ),
                "count_same": outcomes.count("same"),
                "count_refused": outcomes.count("refused"),
                "points_book": sum(row["points"] for row in todo),
            }
        )

    def _book_plan(self, rows):
        """Enrol who has to be, and book a lot for each row, in one statement.

        :raises UserError: if somebody books the same at the same moment.
        """
        partners = self.env["res.partner"]
        new = [row["partner_id"] for row in rows if row["outcome"] == "enrol"]
        wallets = self.program_id._enrol(partners.browse(dict.fromkeys(new)))
        known = {owner.id: wallet for owner, wallet in wallets.items()}
        model = self.env["loyalty.b2b.wallet"].sudo()
        names = dict(
            partners.browse(dict.fromkeys(row["partner_id"] for row in rows)).mapped(
                lambda owner: (owner.id, owner.display_name)
            )
        )
        entries = model._book(
            [
                self._prepare_lot(
                    row,
                    known.get(row["partner_id"]) or model.browse(row["wallet_id"]),
                    names[row["partner_id"]],
                )
                for row in rows
            ]
        )
        if len(entries) != len(rows):
            raise UserError(
                self.env._("Somebody is booking the same. Run the dry run again.")
            )

    def _prepare_lot(self, row, wallet, name):
        program = self.program_id
        dates = wallet._prepare_expiry(program._today(), program)
        return wallet._prepare_entry(
            "opening",
            row["points"],
            program,
            key=row["key"],
            origin=row["origin"],
            note=row["note"],
            partner_id=row["partner_id"],
            partner_name=name,
            to_settle=True,
            date_available=dates["date_available"],
            date_expiry=row["date_expiry"] or dates["date_expiry"],
        )

    # === THE LINES OF A PLAN === #

    def _decide(self, row, owners, wallets):
        """Fill in who gets the points of a row, and whether it can be booked.

        :param dict row: with `key_text`, what tells it from other rows of its owner.
        :param owners: companies that it names.
        :param dict wallets: of these owners, as `_find_wallets` returns them.
        :return: the reason why not, or ''.
        """
        found = {wallets[owner] for owner in owners if owner in wallets}
        if len(found) > 1:
            return self.env._(
                "Several wallets have this tax id: use the internal reference."
            )
        wallet = found.pop() if found else self.env["loyalty.b2b.wallet"]
        owner = next((o for o in owners if o in wallets), owners.sorted("id")[:1])
        row.update(partner_id=owner.id, wallet_id=wallet.id)
        if wallet:
            row["outcome"] = "book"
            return self._get_wallet_refusal(wallet)
        row["outcome"] = "enrol"
        refusal = self.program_id._get_enrol_refusal(owner)
        if not refusal and not self.enrol:
            refusal = self.env._("Does not take part in the programme.")
        return refusal

    def _get_wallet_refusal(self, wallet):
        if wallet.is_control or wallet.merged_into_id or wallet.state == "left":
            return self.env._("Does not take part in the programme.")
        return ""

    def _mark_known(self, plan):
        """Let what was booked before be passed over."""
        keys = [row["key"] for row in plan if row["outcome"] in ("book", "enrol")]
        entries = self.env["loyalty.b2b.entry"].sudo().search([("key", "in", keys)])
        known = set(entries.mapped("key"))
        for row in plan:
            if row["key"] in known and row["outcome"] != "refused":
                row.update(outcome="same", message=self.env._("Booked before"))

    # === FILES === #

    def _get_report_columns(self):
        """Return the columns of the report: name of a field of the lines → label."""
        return {
            "number": self.env._("Line"),
            "label": self.env._("As written"),
            "partner_id": self.env._("Customer"),
            "points": self.env._("Points"),
            "date_expiry": self.env._("Last day of use"),
            "outcome": self.env._("What happens"),
            "message": self.env._("Because"),
        }

    def _get_report(self):
        """Return the lines as the bytes of an xlsx file."""
        columns = self._get_report_columns()
        field = self.line_ids._fields["outcome"]
        outcomes = dict(field._description_selection(self.env))
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, columns.values(), book.add_format({"bold": True}))
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.set_column(0, len(columns), 18)
            for number, line in enumerate(self.line_ids, start=1):
                for column, name in enumerate(columns):
                    value = line[name]
                    if name == "outcome":
                        value = outcomes[value]
                    elif name == "partner_id":
                        value = value.display_name or ""
                    if line._fields[name].type == "date":
                        if value:
                            sheet.write_datetime(number, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(number, column, value)
                    else:
                        sheet.write(number, column, value or 0)
        return content.getvalue()

    def _download(self, name, title):
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/{name}/{title}.xlsx"
            "?download=true",
            "target": "self",
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(self._name).name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _format_number(self, number):
        return formatLang(self.env, number, digits=0)


def get_digest(plan):
    """Return what names a plan: the same for the same lines and outcomes only."""
    text = json.dumps(plan, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()

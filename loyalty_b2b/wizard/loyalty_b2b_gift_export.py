import base64
import io

import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import AccessError

# Columns of the register, in its order; a caption is the field's own.
COLUMNS = (
    "id",
    "date",
    "state",
    "name",
    "function",
    "status",
    "owner_name",
    "reward_name",
    "quantity",
    "points",
    "value",
    "cost",
    "consent_name",
    "consent_date",
    "consent_how",
    "reason",
    "user_id",
    "approved_by",
)
MONEY = ("value", "cost")
READERS = "loyalty_b2b.group_loyalty_b2b_officer,loyalty_b2b.group_loyalty_b2b_auditor"


class LoyaltyB2bGiftExport(models.TransientModel):
    """Asks for a year and makes a spreadsheet of its gifts."""

    _name = "loyalty.b2b.gift.export"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Export Register of Gifts"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        ondelete="cascade",
    )
    year = fields.Char(
        required=True, default=lambda self: str(fields.Date.context_today(self).year)
    )
    with_cancelled = fields.Boolean(
        string="Cancelled ones, too",
        default=True,
        help="They count towards no limit; auditors see that they were.",
    )
    file = fields.Binary(readonly=True, attachment=False)

    # === ACTION METHODS === #

    def action_export(self):
        """Download the register of the year.

        :raises AccessError: for everybody but officers and auditors.
        """
        self.ensure_one()
        if not self.env.user.has_groups(READERS):
            raise AccessError(
                self.env._("Only loyalty officers and auditors see the register.")
            )
        self.file = base64.b64encode(self._get_spreadsheet())
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file"
            f"/gifts_{self.year.strip()}.xlsx?download=true",
            "target": "self",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_captions(self):
        fields_ = self.env["loyalty.b2b.gift"]._fields
        captions = {
            name: fields_[name]._description_string(self.env) for name in COLUMNS
        }
        return {**captions, "id": self.env._("No.")}

    def _get_gifts(self):
        """Return the gifts of the year, oldest first, as the user may see them."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("year", "=", self.year.strip()),
        ]
        if not self.with_cancelled:
            domain.append(("state", "not in", ("cancelled", "lapsed", "draft")))
        return self.env["loyalty.b2b.gift"].search(domain, order="date, id")

    def _get_rows(self):
        """Return the cells of the register as dicts, in words."""
        gifts = self._get_gifts()
        labels = {
            name: dict(gifts._fields[name]._description_selection(self.env))
            for name in ("state", "status", "consent_how")
        }
        # who reads the register need not be allowed to read wallets and users
        return [
            {
                name: labels[name].get(gift[name], "")
                if name in labels
                else gift[name].name
                if name == "user_id"
                else gift[name]
                for name in COLUMNS
            }
            for gift in gifts.sudo()
        ]

    def _get_spreadsheet(self):
        """Return the register as the bytes of an .xlsx file."""
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
            sheet = book.add_worksheet(self.year.strip()[:31] or "-")
            head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
            formats = self._get_formats(book)
            captions = self._get_captions()
            unit = self.company_id.currency_id.name
            for column, name in enumerate(COLUMNS):
                text = f"{captions[name]} ({unit})" if name in MONEY else captions[name]
                sheet.write_string(0, column, text, head)
            sheet.set_column(0, len(COLUMNS), 16)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(self._get_rows(), start=1):
                self._write_row(sheet, number, row, formats)
        return output.getvalue()

    def _get_formats(self, book):
        digits = self.company_id.currency_id.decimal_places
        money = "#,##0" + ("." + "0" * digits if digits else "")
        return {
            "money": book.add_format({"num_format": money}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }

    def _write_row(self, sheet, number, row, formats):
        for column, name in enumerate(COLUMNS):
            cell = row[name]
            if name in MONEY:
                sheet.write_number(number, column, cell, formats["money"])
            elif name in ("date", "consent_date"):
                if cell:
                    sheet.write_datetime(number, column, cell, formats["day"])
            elif name in ("id", "quantity", "points"):
                sheet.write_number(number, column, cell)
            else:
                # never as a formula, whatever was typed
                sheet.write_string(number, column, cell or "")

from odoo import api, models

DOCUMENTS = ("sale.order", "account.move", "res.partner")


class LoyaltyB2bDialogMixin(models.AbstractModel):
    """A dialog shows nothing of records that its user may not read.

    Names of records and related fields are read in sudo, and ids in a remote call may
    be forged: what a dialog points to is checked before any of it is read.
    """

    _name = "loyalty.b2b.dialog.mixin"
    _description = "Dialog on Records of Its User"

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._check_shown(dialogs._get_shown_fields(stored=True))
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._check_shown(self._get_shown_fields(stored=True).intersection(vals))
        return result

    def onchange(self, values, field_names, fields_spec):
        shown = self._get_shown_fields()
        # the context of a remote call may hold defaults
        given = {**self.default_get(list(shown)), **values}
        given = {name: given[name] for name in shown.intersection(given)}
        self.new(given, origin=self)._check_shown(given)
        return super().onchange(values, field_names, fields_spec)

    # === BUSINESS METHODS === #

    @api.model
    def _get_shown_fields(self, stored=False):
        """Return the names of fields that point to our records or to documents.

        :param bool stored: leave out what is only computed.
        """
        return {
            name
            for name, field in self._fields.items()
            if field.relational
            and (field.store or not stored)
            and (
                field.comodel_name in DOCUMENTS
                or field.comodel_name.startswith("loyalty.b2b.")
            )
        }

    def _check_shown(self, names):
        """Check that the user may read what dialogs point to, lines included.

        :param names: fields to check.
        :raises AccessError: if he may not.
        """
        if self.env.su:
            return
        for dialog in self:
            for name in names:
                records = dialog[name]
                if shown := records._origin:
                    shown.check_access("read")
                if records and self._fields[name].type == "one2many":
                    lines = records.filtered(lambda line: not line.id)
                    lines._check_shown(lines._get_shown_fields(stored=True))

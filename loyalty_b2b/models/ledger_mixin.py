import json

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.json import json_default

# A token that no RPC call can carry: contexts travel as JSON, objects do not.
_DOOR = object()


class LoyaltyB2bLedgerMixin(models.AbstractModel):
    """A ledger table: rows come in through the wallet's verbs and never change."""

    _name = "loyalty.b2b.ledger.mixin"
    _description = "B2B Loyalty Ledger Table"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_door()
        return super().create(vals_list)

    def write(self, vals):
        self._check_door()
        return super().write(vals)

    def unlink(self):
        self._check_door()
        return super().unlink()

    def _check_door(self):
        """Refuse every way into the ledger but the wallet's verbs.

        :raises AccessError: for everybody, administrators and `sudo` included.
        """
        if self.env.context.get("loyalty_door") is not _DOOR:
            raise AccessError(
                self.env._(
                    "Points are only booked by the wallet itself. To correct a"
                    " balance, use “Adjust points” on the wallet."
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _insert_rows(self, rows, computed=None, conflict=None, returning=("id",)):
        """Insert plain rows with one statement, whatever their number.

        :param list rows: dicts of stored column → value, all with the same keys.
        :param dict computed: column → SQL expression over the row `r`.
        :param SQL conflict: an ON CONFLICT clause; rows it skips are not returned.
        :param tuple returning: the columns to return.
        :return: list of tuples of these columns, in the order of insertion.
        """
        if not rows:
            return []
        names = list(rows[0])
        types = [self._fields[name].column_type[1] for name in names]
        columns = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind))
            for name, kind in zip(names, types, strict=True)
        )
        computed = {
            "create_uid": SQL("%s", self.env.uid),
            "create_date": SQL("now() AT TIME ZONE 'UTC'"),
            "write_uid": SQL("%s", self.env.uid),
            "write_date": SQL("now() AT TIME ZONE 'UTC'"),
            **(computed or {}),
        }
        query = SQL(
            "INSERT INTO %s (%s) SELECT %s FROM jsonb_to_recordset(%s::jsonb)"
            " AS r(%s) %s RETURNING %s",
            SQL.identifier(self._table),
            SQL(", ").join(SQL.identifier(name) for name in [*names, *computed]),
            SQL(", ").join(
                [*(SQL("r.%s", SQL.identifier(name)) for name in names)]
                + list(computed.values())
            ),
            json.dumps(rows, default=json_default),
            columns,
            conflict or SQL(),
            SQL(", ").join(SQL.identifier(name) for name in returning),
        )
        return self.env.execute_query(query)

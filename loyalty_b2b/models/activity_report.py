import hashlib
import json

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from .loyalty_b2b_activity import OFFICER

# What other systems may say of an activity.
REPORTED = frozenset(
    {"key", "type", "customer", "date", "quantity", "reference", "evidence"}
)
MOST_KEY = 200


class LoyaltyB2bActivity(models.Model):
    """Activities that come from lists and from other systems."""

    _inherit = "loyalty.b2b.activity"

    customer = fields.Char(
        store=False,
        help="For lists: the customer by tax id, internal reference or name.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._resolve_customers(vals_list)
        if not self.env.context.get("import_file"):
            return super().create(vals_list)
        return self._create_once(vals_list, super().create)

    def _create_once(self, vals_list, create):
        """Create the rows of a list, but for those that were reported before.

        Points are booked at once where nobody has to approve.

        :return: an activity for each row, in their order.
        """
        known = self._find_reported(vals_list)
        places = [self._get_place(vals) for vals in vals_list]
        fresh = {}
        for number, place in enumerate(places):
            if place not in known:
                fresh.setdefault(place or number, number)
        acts = create([vals_list[number] for number in fresh.values()])
        known |= dict(zip(fresh, acts, strict=True))
        if self.env.user.has_group(OFFICER):
            acts.filtered(lambda act: not act.needs_approval)._approve()
        return self.browse(
            known[place or number].id for number, place in enumerate(places)
        )

    def _get_place(self, vals):
        """Return what names an event: (programme id, key), None without a key."""
        kind = self.env["loyalty.b2b.activity.type"].browse(vals.get("type_id"))
        return (kind.program_id.id, vals["key"]) if vals.get("key") else None

    def _find_reported(self, vals_list):
        """Return (programme id, key) → activity of what was reported before."""
        keys = [vals["key"] for vals in vals_list if vals.get("key")]
        acts = self.sudo().search([("key", "in", keys)]) if keys else self
        return {(act.program_id.id, act.key): act.sudo(False) for act in acts}

    def _resolve_customers(self, vals_list):
        """Put the wallet in place of what names the customer in a list.

        :raises UserError: where no customer, or more than one, has that name.
        """
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            code = vals.pop("customer", None)
            if code and not vals.get("wallet_id"):
                kinds = self.env["loyalty.b2b.activity.type"]
                program = kinds.browse(vals.get("type_id")).program_id
                if not program:
                    raise UserError(self.env._("The activity is missing."))
                vals["wallet_id"] = self._find_wallet(program, str(code)).id
        return vals_list

    def _find_wallet(self, program, code):
        owners = program._find_customers([code])[code]
        wallets = list(set(program._find_wallets(owners).values()))
        if len(wallets) == 1:
            return wallets[0]
        values = {"code": code, "program": program.name}
        if wallets:
            raise UserError(
                self.env._(
                    "“%(code)s” names several customers of programme %(program)s: use"
                    " the tax id or the internal reference.",
                    **values,
                )
            )
        if owners:
            raise UserError(
                self.env._(
                    "“%(code)s” does not take part in programme %(program)s.", **values
                )
            )
        raise UserError(
            self.env._(
                "There is no customer with the tax id, reference or name “%(code)s”.",
                **values,
            )
        )

    # === LISTS === #

    @api.model
    def get_import_templates(self):
        """Return the list to fill in."""
        self.browse().check_access("create")
        return [
            {
                "label": self.env._("List of activities"),
                "template": "/loyalty_b2b/static/xls/activities.xlsx",
            }
        ]

    # === OTHER SYSTEMS === #

    @api.model
    def report_activity(self, values):
        """Report an activity of a customer; the points follow at once, or approval.

        A repeated call with the same key changes nothing and returns the first
        result, also if both come at the same moment.

        :param dict values: `key` names the event (required), `type` the activity by
            its code, `customer` by tax id, internal reference or name; optional are
            `date` (YYYY-MM-DD, today by default), `quantity` (1 by default),
            `reference` and `evidence` (texts).
        :return: dict of `id`, `state`, `points` and `repeated`.
        :raises AccessError: for users below officer.
        :raises UserError: for what is missing, unknown or beyond a limit, and for a
            key that was used for something else.
        """
        self._check_officer()
        self._check_report(values)
        kind = self._find_type(values["type"])
        digest = self._get_digest(values)
        place = (kind.program_id.id, values["key"])
        known = self._find_reported([values]).get(place)
        if known:
            return known._prepare_answer(digest)
        try:
            act = self._create_reported(kind, values)
        except UniqueViolation as error:
            # reported twice at once: Odoo runs the call again, which finds the first
            raise ConcurrencyError(
                self.env._("%(key)s is being reported.", key=values["key"])
            ) from error
        act._keep(digest=digest)
        if not kind.needs_approval:
            act._approve()
        return act._prepare_answer(digest, repeated=False)

    def _create_reported(self, kind, values):
        return self.create(
            [
                {
                    "type_id": kind.id,
                    "customer": str(values["customer"]),
                    "date": self._read_date(kind, values.get("date")),
                    "quantity": values.get("quantity", 1),
                    "reference": values.get("reference"),
                    "evidence_text": values.get("evidence"),
                    "key": values["key"],
                }
            ]
        )

    def _prepare_answer(self, digest, repeated=True):
        self.check_access("read")
        if self.digest != digest:
            raise UserError(
                self.env._(
                    "The key %(key)s was used for another activity on %(day)s:"
                    " %(activity)s of %(customer)s. Each event has a key of its own.",
                    key=self.key,
                    day=self.date,
                    activity=self.display_name,
                    customer=self.wallet_id.display_name,
                )
            )
        return {
            "id": self.id,
            "state": self.state,
            "points": int(self.points),
            "repeated": repeated,
        }

    @api.model
    def _check_report(self, values):
        """Refuse a report that cannot be read.

        :raises UserError: with what is missing or unknown.
        """
        if not isinstance(values, dict):
            raise UserError(self.env._("Report an activity as one set of values."))
        unknown = ", ".join(sorted(map(str, values.keys() - REPORTED)))
        if unknown:
            raise UserError(self.env._("An activity has no %(names)s.", names=unknown))
        for name in ("key", "type", "customer"):
            if not isinstance(values.get(name), str) or not values[name].strip():
                raise UserError(
                    self.env._("Report the %(name)s of the activity.", name=name)
                )
        if len(values["key"]) > MOST_KEY:
            raise UserError(
                self.env._("A key has at most %(count)s letters.", count=MOST_KEY)
            )
        times = values.get("quantity", 1)
        if isinstance(times, bool) or not isinstance(times, int):
            raise UserError(self.env._("The quantity is a whole number."))

    @api.model
    def _find_type(self, code):
        kinds = self.env["loyalty.b2b.activity.type"].with_context(active_test=False)
        found = kinds.search([("code", "=", code)])
        if len(found) != 1:
            raise UserError(
                self.env._(
                    "No activity, or more than one, has the code %(code)s.", code=code
                )
            )
        return found

    @api.model
    def _read_date(self, kind, day):
        try:
            return fields.Date.to_date(day) or kind.program_id._today()
        except ValueError as error:
            raise UserError(
                self.env._("%(day)s is no date: write YYYY-MM-DD.", day=day)
            ) from error

    @api.model
    def _get_digest(self, values):
        text = json.dumps(values, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from .portal_common import LoyaltyB2bPortalCommon

# The columns of both tables. "collector" may not even see the points of his company,
# "colleague" sees them, "buyer" uses and "boss" administers them. "seller" has own
# documents only, this customer is his; "outside" as well, and it is not.
ROLES = (
    "public",
    "foreign",
    "collector",
    "colleague",
    "buyer",
    "boss",
    "outside",
    "seller",
    "user",
    "officer",
    "admin",
    "auditor",
)
CUSTOMERS = ROLES[:6]
# A form, as the page made it.
FORM = {
    "quantity": "1",
    "reason": "To learn",
    "request_key": "12345678-1234-4234-8234-123456789012",
}
# A picture of one point.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


def read_table(text):
    """Return the rows of a table: name → role → letter.

    >>> read_table("model.method  - - - - - - - y y y y y")["model.method"]["seller"]
    'y'
    """
    rows = {}
    for line in text.strip().splitlines():
        name, *letters = line.rsplit(maxsplit=len(ROLES))
        rows[name] = dict(zip(ROLES, letters, strict=True))
    return rows


def write_table(rows):
    """Return rows as the text of a table."""
    width = max((len(name) for name in rows), default=0)
    return "\n".join(
        f"{name:<{width}}  {' '.join(letters[role] for role in ROLES)}"
        for name, letters in sorted(rows.items())
    )


def get_addon(cls):
    """Return the addon of ours that a class is of, `None` for a class of Odoo's."""
    parts = (getattr(cls, "__module__", None) or "").split(".")
    ours = parts[:2] == ["odoo", "addons"] and parts[2].startswith("loyalty_b2b")
    return parts[2] if ours else None


def get_home(model):
    """Return the addon of ours that brought a model, `None` for a model of Odoo's."""
    name = model._original_module or ""
    return name if name.startswith("loyalty_b2b") else None


class MatrixCommon(LoyaltyB2bPortalCommon):
    """One customer, and everybody who could want to see or change what is his.

    Each addon of ours tries its own routes, methods and models, with its own tables.
    """

    addon = "loyalty_b2b"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "public": cls.env.ref("base.public_user"),
            "foreign": cls.stranger,
            "collector": cls._create_portal_user("collector", cls.customer),
            "colleague": cls._create_portal_user("colleague", cls.customer),
            "buyer": cls.buyer,
            "boss": cls.boss,
            "outside": cls._create_staff("outside", "sales_team.group_sale_salesman"),
            "seller": cls.salesperson,
            "user": cls.sales_all,
            "officer": cls.officer,
            "admin": cls._create_staff(
                "admin",
                "sales_team.group_sale_manager,loyalty_b2b.group_loyalty_b2b_admin",
            ),
            "auditor": cls._create_staff("auditor", "account.group_account_readonly"),
        }
        cls.wallet._grant(cls.users["collector"].partner_id, "collects")
        cls.wallet._grant(cls.buyer.partner_id, "uses")
        cls.wallet._grant(cls.boss.partner_id, "administers")
        cls.move = cls._create_invoice_of([500.0])
        cls.entry = cls.env["loyalty.b2b.entry"].search([("move_id", "=", cls.move.id)])
        cls.order = cls._create_order([(cls.product, 1, 100.0)])
        cls.secrets = (cls.customer.name, cls.move.name, "SECRET-1")
        cls.samples = {record._name: record for record in cls._create_samples()}

    @classmethod
    def _create_samples(cls):
        """Return one record of each model of ours, the customer's where it is one's."""
        hold = cls.wallet._hold(10, "matrix")
        cls.wallet._consume(hold)
        kind = cls.env["loyalty.b2b.activity.type"].create(
            {"name": "Training", "program_id": cls.program.id, "points": 100}
        )
        yield kind
        yield cls.env["loyalty.b2b.activity"].create(
            {"wallet_id": cls.wallet.id, "type_id": kind.id}
        )
        cls.program.write({"referral_mode": "fixed", "referral_points": 1000})
        yield cls.env["loyalty.b2b.referral"].create(
            {"wallet_id": cls.wallet.id, "name": "Budmax"}
        )
        yield cls.env["loyalty.b2b.tier"].create(
            {
                "name": "Gold",
                "program_id": cls.program.id,
                "threshold": 10**6,
                "image": PIXEL,
            }
        )
        yield (
            cls.env["loyalty.b2b.digest"]
            .sudo()
            .create(
                {
                    "wallet_id": cls.wallet.id,
                    "program_id": cls.program.id,
                    "company_id": cls.company.id,
                    "partner_id": cls.boss.partner_id.id,
                    "day": "2026-01-01",
                    "channel": "email",
                    "state": "failed",
                }
            )
        )
        yield cls.program.rule_ids
        yield cls.wallet.participant_ids[:1]
        yield hold.credit_allocation_ids
        yield cls.env["loyalty.b2b.movement"].search(
            [("wallet_id", "=", cls.wallet.id)], limit=1
        )
        yield cls.wallet._get_person(cls.buyer.partner_id)
        yield from cls._create_sample_rewards()
        yield (
            cls.env["loyalty.b2b.transfer"]
            .sudo()
            .create(
                {
                    "wallet_id": cls.wallet.id,
                    "partner_id": cls.other_customer.id,
                    "points": 10,
                    "reason": "A new legal form",
                    "user_id": cls.env.uid,
                    "asked_on": "2026-01-01",
                }
            )
        )
        cls._create_customer("Hurtownia Wisła II", cls.customer.vat)
        yield cls.env["loyalty.b2b.duplicate"].sudo().search([], limit=1)
        yield from cls._create_sample_reports()
        yield from (cls.customer, cls.order, cls.order.order_line, cls.move)
        yield from (cls.entry, cls.wallet, cls.program, cls.product, cls.company)
        yield cls.currency

    @classmethod
    def _create_sample_reports(cls):
        placed = cls._create_order([(cls.product, 1, 100.0)], confirm=True)
        rows = cls.env["loyalty.b2b.channel.report"].sudo()
        yield rows.search([("order_id", "=", placed.id)])
        customers = cls.env["loyalty.b2b.channel.customer"].sudo()
        yield customers.search([("partner_id", "=", cls.customer.id)])

    @classmethod
    def _create_sample_rewards(cls):
        reward = cls.env["loyalty.b2b.reward"].create(
            {
                "name": "Consulting",
                "program_id": cls.program.id,
                "kind": "service",
                "points": 20,
                "needs_approval": True,
                "image_1920": PIXEL,
            }
        )
        yield cls.env["loyalty.b2b.reward"].create(
            {
                "name": "Ten off",
                "program_id": cls.program.id,
                "kind": "discount",
                "points": 20,
                "discount_amount": 10.0,
            }
        )
        yield reward
        wish = reward._redeem(cls.wallet, cls.buyer.partner_id)
        yield wish
        yield wish.approval_ids
        # a question for the customer's administrator
        lesson = reward.copy({"name": "Lesson", "needs_approval": False})
        colleague = cls.users["colleague"]
        asked = (
            cls.wallet.with_user(colleague)
            .sudo()
            ._redeem_in_portal(
                colleague.partner_id, lesson.with_user(colleague).sudo(), FORM
            )
        )
        cls.question = asked.with_env(cls.env).sudo().approval_ids
        voucher = reward.copy({"name": "Voucher", "kind": "voucher"})
        yield (
            cls.env["loyalty.b2b.reward.code"]
            .sudo()
            .create({"reward_id": voucher.id, "code": "SECRET-1"})
        )
        requests = cls.env["loyalty.b2b.person.request"].sudo()
        person = cls.users["colleague"].partner_id
        yield requests.create(requests._prepare_request(cls.wallet.sudo(), person))

    @classmethod
    def _create_staff(cls, name, groups):
        return new_test_user(
            cls.env,
            f"loyalty_matrix_{name}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _prepare_values(self, model):
        """Return values for the fields of a dialog, on the customer's records."""
        values = {}
        for name, field in model._fields.items():
            if not field.store or field.compute or field.related:
                continue
            if field.type == "many2one" and field.comodel_name in self.samples:
                values[name] = self.samples[field.comodel_name].id
            elif field.type == "many2many" and field.comodel_name in self.samples:
                values[name] = [Command.set(self.samples[field.comodel_name].ids)]
            elif field.required and not field.default:
                values[name] = self._get_value(field, model)
        return values

    def _get_value(self, field, model):
        if field.type == "selection":
            return field.get_values(model.env)[0]
        return {"char": "x", "text": "x", "html": "<p>x</p>", "date": "2026-01-01"}.get(
            field.type, 1
        )

    def _snapshot(self):
        """Return what nobody may change who is refused."""
        self.env.flush_all()
        rows = []
        for name in self._get_our_tables():
            query = SQL("SELECT t::text FROM %s t ORDER BY id", SQL.identifier(name))
            rows.append((name, self.env.execute_query(query)))
        return rows

    def _get_our_tables(self):
        names = [
            model._table
            for name, model in self.env.items()
            if name.startswith("loyalty.b2b.")
            and model._auto
            and not model._abstract
            and not model._transient
        ]
        return sorted(names)

    def _check_table(self, found, text, where):
        """Compare what was found with the table; both name the same things."""
        expected = read_table(text)
        if found != expected:
            lines = [
                f"{name}: {self._tell(expected.get(name), letters)}"
                for name, letters in sorted({**expected, **found}.items())
                if expected.get(name) != found.get(name)
                for letters in [found.get(name)]
            ]
            self.fail(
                f"{where} says otherwise (expected, found):\n"
                + "\n".join(lines)
                + "\n\nAs found:\n"
                + write_table(found)
            )

    def _tell(self, expected, found):
        if not expected or not found:
            return "not in the table" if found else "not there any more"
        return ", ".join(
            f"{role} {expected[role]} {found[role]}"
            for role in ROLES
            if expected[role] != found[role]
        )

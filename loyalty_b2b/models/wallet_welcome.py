from odoo import fields, models
from odoo.fields import Domain


class LoyaltyB2bWallet(models.Model):
    """Welcome points: once for each tax id, when a company begins to take part."""

    _inherit = "loyalty.b2b.wallet"

    date_active = fields.Date(
        string="Takes part since",
        readonly=True,
        copy=False,
        help="First day on which the wallet was active; invited ones wait for it.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "active":
            self._begin()
        return result

    # === BUSINESS METHODS === #

    def _begin(self):
        """Welcome those of the wallets that are active for the first time.

        Called as often as one likes. A control group is not to know of it.
        """
        fresh = self.sudo().filtered(
            lambda w: (
                w.state == "active"
                and not w.date_active
                and not w.is_control
                and not w.merged_into_id
            )
        )
        for program, wallets in fresh.grouped("program_id").items():
            wallets.date_active = program._today()
            if program.welcome_points and program.state not in ("closing", "closed"):
                wallets._book_welcome(program)

    def _book_welcome(self, program):
        """Book the welcome points of wallets whose companies never had any.

        :param program: the programme of the wallets.
        """
        names = {wallet: wallet._get_welcome_names() for wallet in self}
        named = self._find_welcome_namesakes(program, names)
        wanted = {name for found in names.values() for name in found} | {
            name for found in named.values() for name in found
        }
        had, welcomed = self._find_welcomed(program, wanted)
        rows = [
            wallet._prepare_welcome(program, found[0])
            for wallet, found in names.items()
            if wallet not in welcomed and not had & {*found, *named.get(wallet, ())}
        ]
        if rows:
            self._book(rows)

    def _get_welcome_names(self):
        """Return by what the companies of a wallet are known: the best name first.

        Tax ids, as they were when they joined and as they are, then contacts.
        """
        self.ensure_one()
        partners = self.partner_id | self.participant_ids.partner_id
        tax_ids = [partner._get_loyalty_b2b_tax_id() for partner in partners]
        tax_ids += [tax_id for tax_id in self.participant_ids.mapped("tax_id")]
        names = [tax_id for tax_id in tax_ids if tax_id]
        names += [f"partner:{partner_id}" for partner_id in partners.ids]
        return list(dict.fromkeys(names))

    def _find_welcome_namesakes(self, program, names):
        """Return by what else companies are known whose tax id was added later.

        :param dict names: wallet → list of `_get_welcome_names`.
        :return: dict of wallet → names of contacts with one of its tax ids today.
        """
        unnamed = (
            Domain("program_id", "=", program.id)
            & Domain("tax_id", "in", [False, ""])
            & Domain("partner_id.vat", "!=", False)
        )
        partners = self.env["loyalty.b2b.participant"].sudo().search(unnamed).partner_id
        by_tax_id = partners.grouped(lambda p: p._get_loyalty_b2b_tax_id())
        return {
            wallet: [
                f"partner:{partner_id}"
                for name in found
                for partner_id in by_tax_id.get(name, partners.browse()).ids
            ]
            for wallet, found in names.items()
        }

    def _find_welcomed(self, program, names):
        """Return which of the names and which of the wallets have had welcome points.

        Wallets that took over another one have its points, too.
        """
        prefix = f"welcome:{program.id}:"
        entries = self.env["loyalty.b2b.entry"].sudo()
        keys = [prefix + name for name in names]
        had = entries.search([("key", "in", keys)]).mapped("key")
        theirs = entries.search(
            [("wallet_id", "in", self.ids), ("origin", "=", "welcome")]
        )
        return {key.removeprefix(prefix) for key in had}, theirs.wallet_id

    def _prepare_welcome(self, program, name):
        """Return the ledger row of welcome points.

        :param str name: tax id, or `partner:` and the id of a contact without one.
        """
        partner = self.partner_id
        months = program.welcome_months
        reader = self.with_context(lang=partner.lang or self.env.lang)
        life = f"m{months}" if months else ""
        return self._prepare_entry(
            "bonus",
            program.welcome_points,
            program,
            key=f"welcome:{program.id}:{name}",
            note=reader.env._("Welcome points"),
            origin="welcome",
            partner_id=partner.id,
            partner_name=partner.display_name,
            to_settle=True,
            **self._prepare_expiry(program._today(), program, life),
        )

import random
from ast import literal_eval

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import SQL


class LoyaltyB2bProgram(models.Model):
    """How companies come to take part: by staff, or by a filter on customers."""

    _inherit = "loyalty.b2b.program"

    enrolments = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="Counts the companies that were enrolled; enrolments queue up on it.",
    )

    # === BUSINESS METHODS === #

    def _enrol(self, partners, state="active", date_start=None, control_percent=0):
        """Let companies take part; those that do already keep their wallet.

        A branch without a tax id of its own joins the wallet of the company above it,
        a company with a known tax id the wallet of that tax id (DESIGN §3).

        :param partners: any contacts; their owners are enrolled.
        :param str state: of new wallets, `active` or `invited`.
        :param date date_start: invoices from before give nothing; today by default.
        :param int control_percent: 0–100, share of new wallets kept out at random.
        :return: dict of owner → wallet, without the contacts that may not take part.
        """
        self.ensure_one()
        known = self.sudo().wallet_ids if control_percent else None
        owners = partners._get_loyalty_b2b_owner().sorted("id")
        owners = owners.filtered(lambda owner: not self._get_enrol_refusal(owner))
        wallets = self._enrol_plain(owners, state, date_start)
        for owner in owners:
            if owner not in wallets:
                wallets[owner] = self._enrol_one(owner, state, date_start)
        if control_percent:
            new = self.env["loyalty.b2b.wallet"].union(*wallets.values()) - known
            count = round(len(new) * control_percent / 100)
            for wallet in random.sample(list(new), count):
                wallet.is_control = True
        return wallets

    def _get_enrol_refusal(self, owner):
        """Return why a contact cannot take part, or an empty string."""
        if not owner.active:
            return self.env._("%(name)s is archived.", name=owner.display_name)
        if not owner.is_company and not self.individuals_allowed:
            return self.env._(
                "%(name)s is an individual; programme %(program)s is for companies.",
                name=owner.display_name,
                program=self.name,
            )
        return ""

    def _enrol_one(self, owner, state, date_start=None):
        participant = self._find_participant(owner)
        if participant:
            return participant.wallet_id
        self._lock_enrolment()
        host, reason = self._find_host_wallet(owner, state, date_start)
        if not host:
            host = (
                self.env["loyalty.b2b.wallet"]
                .sudo()
                .create(
                    {
                        "program_id": self.id,
                        "partner_id": owner.id,
                        "state": state,
                        "date_joined": date_start or self._today(),
                    }
                )
            )
        self._add_participant(host, owner, reason, date_start)
        return host

    def _lock_enrolment(self):
        """Let two enrolments at once meet: they might open two wallets for a tax id.

        The second fails, is run again by Odoo and finds what the first has made.
        """
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_program"
                " SET enrolments = COALESCE(enrolments, 0) + 1"
                " WHERE id = %s RETURNING id",
                self.id,
            )
        )
        self.invalidate_recordset(["enrolments"], flush=False)

    def _find_participant(self, owner):
        return (
            self.env["loyalty.b2b.participant"]
            .sudo()
            .search([("program_id", "=", self.id), ("partner_id", "=", owner.id)])
        )

    def _find_host_wallet(self, owner, state, date_start):
        """Return the wallet that a company joins instead of opening one, and why."""
        tax_id = owner._get_loyalty_b2b_tax_id()
        if not tax_id and owner.parent_id:
            parent = owner.parent_id._get_loyalty_b2b_owner()
            if not self._get_enrol_refusal(parent):
                wallet = self._enrol_one(parent, state, date_start)
                return wallet, self.env._("Branch of %(name)s", name=parent.name)
        if tax_id:
            same = (
                self.env["loyalty.b2b.participant"]
                .sudo()
                .search(
                    [("program_id", "=", self.id), ("tax_id", "=", tax_id)], limit=1
                )
            )
            if same:
                return same.wallet_id, self.env._(
                    "Same tax id as %(name)s", name=same.partner_id.name
                )
        return self.env["loyalty.b2b.wallet"], ""

    def _add_participant(self, wallet, owner, reason, date_start=None):
        """Add a company to a wallet.

        :raises ConcurrencyError: when somebody adds it at the same moment; Odoo then
            runs the request again, which finds the other's wallet.
        """
        try:
            participant = (
                self.env["loyalty.b2b.participant"]
                .sudo()
                .create(
                    {
                        "wallet_id": wallet.id,
                        "partner_id": owner.id,
                        "reason": reason,
                        "date_start": date_start or self._today(),
                    }
                )
            )
        except UniqueViolation as error:
            raise ConcurrencyError(
                self.env._("%(name)s is being enrolled.", name=owner.display_name)
            ) from error
        if reason:
            wallet._message_log(
                body=self.env._(
                    "%(name)s now takes part in this wallet: %(reason)s",
                    name=owner.display_name,
                    reason=reason,
                )
            )
        return participant

    def _join(self, owner, wallet, reason):
        """Let a company of another tax id share a wallet (group, franchise …).

        :raises UserError: without a reason, or if it takes part elsewhere.
        """
        self.ensure_one()
        self._check_reason(reason)
        participant = self._find_participant(owner)
        if participant.wallet_id == wallet:
            return participant
        if participant:
            raise UserError(
                self.env._(
                    "%(name)s already takes part with the wallet of %(other)s. Merge"
                    " the two wallets instead.",
                    name=owner.display_name,
                    other=participant.wallet_id.partner_id.display_name,
                )
            )
        return self._add_participant(wallet, owner, reason)

    def _keep_apart(self, owner, reason):
        """Give a company a wallet of its own though it would join another.

        What it earned so far stays in the wallet where it was earned.
        """
        self.ensure_one()
        self._check_reason(reason)
        wallet = (
            self.env["loyalty.b2b.wallet"]
            .sudo()
            .create({"program_id": self.id, "partner_id": owner.id})
        )
        participant = self._find_participant(owner)
        if participant:
            participant.write(
                {"wallet_id": wallet.id, "reason": reason, "date_start": self._today()}
            )
        else:
            self._add_participant(wallet, owner, reason)
        return wallet

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why: companies share or part wallets with a reason.")
            )

    def _get_enrol_domain(self):
        """Return the programme's filter on customers as a domain."""
        self.ensure_one()
        domain = Domain(literal_eval(self.enrol_domain or "[]"))
        company = Domain("company_id", "in", [False, self.company_id.id])
        return domain & company & Domain("parent_id", "=", False)

    @api.model
    def _cron_enrol(self):
        """Enrol the customers that match the filters of programmes."""
        programs = self.search(
            [("auto_enrol", "=", True), ("state", "in", ("announced", "running"))]
        )
        for program in programs:
            known = program.wallet_ids.participant_ids.partner_id.ids
            domain = program._get_enrol_domain() & Domain("id", "not in", known)
            partners = self.env["res.partner"].search(domain)
            if not program.individuals_allowed:
                partners = partners.filtered("is_company")
            program._enrol(partners)
            if program.state == "announced":
                program._tell_announced()

    # === CONSTRAINT METHODS === #

    @api.constrains("enrol_domain")
    def _check_enrol_domain(self):
        for program in self:
            try:
                self.env["res.partner"].search_count(program._get_enrol_domain())
            except Exception as error:
                raise UserError(
                    self.env._(
                        "The customer filter of programme %(program)s cannot be read:"
                        " %(error)s",
                        program=program.name,
                        error=error,
                    )
                ) from error

    def _get_use_refusal(self):
        """Return why points of this programme cannot be used now, or ''."""
        self.ensure_one()
        today = self._today()
        if self.state == "running":
            return ""
        if self.state == "closing" and (
            not self.date_last_use or today <= self.date_last_use
        ):
            return ""
        return self.env._(
            "Programme %(program)s is not running, so its points cannot be used.",
            program=self.name,
        )

    def _is_earning_on(self, day):
        """Tell whether invoices of a day earn in this programme."""
        self.ensure_one()
        terms = self._get_terms()
        if terms.date_start and day < terms.date_start:
            return False
        if terms.state == "running":
            return True
        last = terms.date_last_earning
        return terms.state == "closing" and (not last or day <= last)

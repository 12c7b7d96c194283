import re

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.plaintext import clean
from .loyalty_b2b_person import ROLES, USING
from .person_limits import COUNTED

MAX_ID = 2**31 - 1


class LoyaltyB2bWallet(models.Model):
    """What administrators of the customer see of its people, and do for them.

    Called in sudo for a wallet that `res.partner._can_see_loyalty_b2b` allowed.
    """

    _inherit = "loyalty.b2b.wallet"

    # === WHO === #

    def _get_portal_companies(self):
        """Return the companies that take part today, the one of the wallet first."""
        self.ensure_one()
        today = self.program_id._today()
        rows = self.participant_ids.filtered(
            lambda row: (
                row.date_start <= today and (not row.date_end or row.date_end >= today)
            )
        )
        return rows.partner_id.sorted(lambda one: (one != self.partner_id, one.id))

    def _get_contact_domain(self):
        """Return the domain of the persons of the companies that take part today."""
        companies = self._get_portal_companies()
        return (
            companies._get_loyalty_b2b_owned_domain()
            & Domain("is_company", "=", False)
            # no addresses that the portal's users add for deliveries
            & (Domain("type", "=", "contact") | Domain("user_ids", "!=", False))
            & Domain("name", "!=", False)
        )

    def _find_contact(self, partner_id):
        """Return a person of the companies that take part, by an id typed in.

        :return: `res.partner` in sudo; empty for everybody else's id.
        """
        partners = self.env["res.partner"].sudo()
        if not re.fullmatch(r"[0-9]{1,10}", str(partner_id)):
            return partners
        if int(partner_id) > MAX_ID:
            return partners
        domain = self._get_contact_domain() & Domain("id", "=", int(partner_id))
        return partners.search(domain, limit=1)

    # === VALUES === #

    def _prepare_portal_deciders(self, partner):
        """Return who decides about points, and whether a person may ask to.

        :param partner: `res.partner` who reads.
        """
        administrators = self._get_administrators()
        asked = self.request_ids.filtered(
            lambda one: one.partner_id == partner and one._is_open()
        )
        program = self.program_id
        refusal = "" if administrators else self._get_administrator_refusal(partner)
        return {
            "names": administrators.mapped("name"),
            "is_administrator": partner in administrators,
            "may_ask": not (asked or refusal or administrators),
            "refusal": refusal,
            "asked": program._format_portal_day(program._local_day(asked.asked_at))
            if asked
            else "",
            "company_email": bool(self.partner_id.email_normalized),
        }

    def _prepare_portal_people(self, search, page, step):
        """Return one page of the persons of the companies that take part.

        :param str search: part of a name or address.
        :return: rows as plain values, and the number of all persons found.
        """
        partners = self.env["res.partner"].sudo()
        domain = self._get_contact_domain()
        if text := clean(search):
            domain &= Domain("name", "ilike", text) | Domain("email", "ilike", text)
        total = partners.search_count(domain)
        page = min(page, max(1, -(-total // step)))
        found = partners.search(
            domain, order="name, id", limit=step, offset=(page - 1) * step
        )
        return self._prepare_portal_persons(found), total, page

    def _prepare_portal_persons(self, partners):
        """Return what persons may do and did this month, as plain values."""
        rows = self.env["loyalty.b2b.person"].sudo()
        rows = rows.search(
            [
                ("wallet_id", "=", self.id),
                ("partner_id", "in", partners.ids),
                ("date_end", "=", False),
            ]
        )
        people = {row.partner_id: row for row in rows}
        used = self._query_used_month(partners)
        invited = self._get_invited(partners)
        return [
            {
                **self._prepare_portal_person(
                    partner, people.get(partner, rows.browse())
                ),
                "used": self.program_id._format_portal_points(used.get(partner.id, 0)),
                "access": self._get_access_text(partner, partner in invited),
            }
            for partner in partners
        ]

    def _get_access_text(self, partner, is_invited):
        """Return whether a person can open the portal, as colleagues may know it.

        Who was invited and has never signed in is just invited: it is not told who
        has no access for being known elsewhere, see `_invite_colleague`.
        """
        users = partner.user_ids.filtered("active")
        if any(user.login_date for user in users):
            return self.env._("uses the portal")
        if is_invited:
            return self.env._("invited to the portal")
        return self.env._("may use the portal") if users else ""

    def _prepare_portal_person(self, partner, person):
        program = self.program_id
        labels = self._get_role_labels()
        role = person.role or program.colleague_role
        return {
            "id": partner.id,
            "name": partner.name,
            "email": partner.email or "",
            "company": partner._get_loyalty_b2b_owner().name
            if len(self._get_portal_companies()) > 1
            else "",
            "role": role,
            "role_label": labels[role],
            "is_own": bool(person),
            "limit_order": int(person.limit_order),
            "limit_month": int(person.limit_month),
            "limit_order_text": program._format_portal_points(person.limit_order)
            if person.limit_order
            else "",
            "limit_month_text": program._format_portal_points(person.limit_month)
            if person.limit_month
            else "",
            "since": program._format_portal_day(person.date_start),
        }

    def _get_role_labels(self):
        """Return role → its name on screen."""
        field = self.env["loyalty.b2b.person"]._fields["role"]
        return dict(field._description_selection(self.env))

    def _query_used_month(self, partners):
        """Return partner id → points used in the programme's calendar month."""
        program = self.program_id
        start = program._get_day_start(program._today().replace(day=1))
        groups = self.env["loyalty.b2b.redemption"]._read_group(
            [
                ("wallet_id", "=", self.id),
                ("contact_id", "in", partners.ids),
                ("state", "in", COUNTED),
                ("create_date", ">=", start),
            ],
            ["contact_id"],
            ["points:sum"],
        )
        return {contact.id: int(points) for contact, points in groups}

    # === ACTS === #

    def _change_person(self, by, partner, values):
        """Give a person a role and limits as an administrator of the customer.

        :param by: `res.partner` who gives it.
        :param partner: of `_find_contact`.
        :param dict values: role, limit_order, limit_month as typed in; sure = yes.
        :raises UserError: in words for who typed it in.
        """
        self._check_administrator(by)
        role = values.get("role")
        if role not in ROLES:
            raise UserError(self.env._("Choose what the person may do."))
        limits = {
            name: self._parse_limit(values.get(name))
            for name in ("limit_order", "limit_month")
        }
        if role != "administers":
            self._check_last(by, partner, values.get("sure"))
        self._check_own_limits(by, partner, role, limits)
        reason = self.env._("Given in the portal")
        self._grant(partner, role, **limits, reason=reason, by=by)

    def _take_back(self, by, partner, values):
        """Take a person's role back as an administrator of the customer.

        :raises UserError: see `_change_person`.
        """
        self._check_administrator(by)
        self._check_last(by, partner, values.get("sure"))
        self._revoke(partner, reason=self.env._("Taken back in the portal"), by=by)

    def _check_administrator(self, partner):
        """Refuse all but the administrators of the customer.

        :raises UserError: with what to do instead.
        """
        if not partner._has_loyalty_b2b_role(self, "administers"):
            raise UserError(
                self.env._("Only those who decide about points change what others may.")
            )

    def _check_last(self, by, partner, sure):
        """Warn who is about to take away his own last say.

        :param sure: yes, if he was warned.
        :raises UserError: with the warning.
        """
        if partner == by and sure != "yes" and self._get_administrators() == by:
            raise UserError(self._get_last_warning())

    def _check_own_limits(self, by, partner, role, limits):
        """Leave the limits of who decides to the others who decide, if there are any.

        :param str role: as it would be.
        :param dict limits: limit_order, limit_month as they would be.
        :raises UserError: if somebody is about to lift his own.
        """
        if partner != by or role not in USING or not self._get_administrators() - by:
            return
        person = self._get_person(by)
        if any(
            person[name] and not 0 < limit <= person[name]
            for name, limit in limits.items()
        ):
            raise UserError(
                self.env._("Somebody else who decides about points raises your limit.")
            )

    def _get_last_warning(self):
        return self.env._(
            "You are the only one who decides about points here. If you take this from"
            " yourself, nobody does, and only your account manager can name somebody"
            " again."
        )

    def _parse_limit(self, text):
        """Return a limit typed in as whole points; nothing is no limit.

        :raises UserError: if it is no whole number of 0 or more, at most 15 digits.
        """
        number = re.sub(r"[\s\u00a0\u202f]", "", str(text or ""))
        if not number:
            return 0
        if not re.fullmatch(r"[0-9]{1,15}", number, re.ASCII):
            raise UserError(
                self.env._(
                    "A limit is a whole number of points, without a sign; leave it"
                    " empty for no limit."
                )
            )
        return int(number)

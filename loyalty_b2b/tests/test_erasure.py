from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .use_common import UseCommon

# What may change in a ledger row when a name is erased, and nothing else.
PERSONAL = {"contact_id", "contact_name", "user_id", "user_name", "note"}


@tagged("post_install", "-at_install")
class TestErasure(UseCommon):
    """A name goes; points, dates and documents stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.env["res.partner"].create(
            {
                "name": "Anna Nowak",
                "email": "anna@wisla.example",
                "parent_id": cls.customer.id,
            }
        )
        cls._give_points(5000)
        cls.wallet._grant(cls.anna, "uses", reason="Anna Nowak asked")
        cls.wallet._give_consent(cls.anna, "offers", "email")
        cls.wallet._ask_administration(cls.anna)
        cls.wallet.sudo().write(
            {"joined_by_id": cls.anna.id, "joined_by_name": "Anna Nowak"}
        )
        cls.order = cls._create_order([(cls.product, 1, 1000.0)])
        cls.use = cls._use_points(cls.order, 1000, contact=cls.anna)

    def _confirm(self):
        self.order.action_confirm()
        self.assertEqual(self.use.state, "done")

    def _erase(self, user=None):
        wizard = (
            self.env["loyalty.b2b.erase"]
            .with_user(user or self.officer)
            .create({"partner_id": self.anna.id})
        )
        wizard.action_erase()
        return wizard

    def _read_ledger(self):
        self.env.flush_all()
        rows = {}
        for table in ("entry", "entry_line", "allocation"):
            self.env.cr.execute(f"SELECT * FROM loyalty_b2b_{table} ORDER BY id")
            names = [column.name for column in self.env.cr.description]
            rows[table] = [
                dict(zip(names, row, strict=True)) for row in self.env.cr.fetchall()
            ]
        return rows

    def _get_figures(self):
        wallet = self.wallet
        wallet.invalidate_recordset()
        return {
            name: wallet[name]
            for name in ("balance", "available", "held", "waiting", "next_expiry_date")
        }

    def test_only_names_change_in_the_ledger(self):
        self._confirm()
        before, figures = self._read_ledger(), self._get_figures()
        summary = self.wallet._verify()
        self._erase()
        after = self._read_ledger()
        for table, rows in before.items():
            for old, new in zip(rows, after[table], strict=True):
                changed = {name for name in old if old[name] != new[name]}
                self.assertLessEqual(changed, PERSONAL, table)
        self.assertEqual(self._get_figures(), figures)
        self.assertEqual(self.wallet._verify(), summary)
        row = self.use.entry_ids
        self.assertRegex(row.contact_name, "^Person [0-9a-f]{8}$")
        self.assertFalse(row.contact_id)

    def test_statements_give_the_same_figures(self):
        self._confirm()
        today = self.program._today()
        wallet = self.wallet.sudo()
        before = wallet._get_statement(today, today)
        self.assertIn("Anna Nowak", {row["person"] for row in before["rows"]})
        self._erase()
        after = wallet._get_statement(today, today)
        self.assertNotIn("Anna Nowak", {row["person"] for row in after["rows"]})
        for row in (*before["rows"], *after["rows"]):
            row.pop("person")
        self.assertEqual(after, before)

    def test_the_name_is_nowhere_any_more(self):
        self._confirm()
        self._erase()
        self.env.flush_all()
        for table in (
            "entry",
            "person",
            "consent",
            "person_request",
            "redemption",
            "approval",
            "referral",
            "wallet",
        ):
            with self.subTest(table=table):
                self.env.cr.execute(
                    f"SELECT t::text FROM loyalty_b2b_{table} t"
                    " WHERE t::text ILIKE '%%Anna%%'"
                )
                self.assertFalse(self.env.cr.fetchall())
        bodies = self.wallet.message_ids.mapped("body")
        self.assertFalse([body for body in bodies if "Anna Nowak" in body])
        self.assertEqual(self.anna.name, "Anna Nowak", "the contact is Odoo's")

    def test_one_person_is_one_pseudonym(self):
        self._confirm()
        self._erase()
        person = self.wallet.person_ids
        self.assertTrue(person.date_end)
        names = {
            *person.mapped("name"),
            *self.wallet.consent_ids.mapped("name"),
            *self.wallet.request_ids.mapped("name"),
            self.use.contact_alias,
            self.wallet.joined_by_name,
            self.use.entry_ids.contact_name,
        }
        self.assertEqual(len(names), 1, names)
        self.assertFalse(self.wallet.request_ids.activity_ids)
        self.assertEqual(self.wallet.request_ids.state, "lapsed")

    def test_what_comes_back_later_bears_the_pseudonym(self):
        self._confirm()
        self._erase()
        self.order._action_cancel()
        names = self.use.entry_ids.mapped("contact_name")
        self.assertGreater(len(names), 1)
        self.assertEqual(len(set(names)), 1, names)

    def test_what_the_person_booked_and_wrote_names_nobody(self):
        self._confirm()
        user = new_test_user(self.env, "anna", groups="base.group_portal")
        user.partner_id.write({"name": "Kim Doe", "parent_id": self.customer.id})
        self.anna = user.partner_id
        lot = (
            self.wallet.with_user(user)
            .sudo()
            ._open_balance(10, "test:own", note="Asked by Kim Doe")
        )
        self.wallet.with_user(user).sudo()._message_log(body="I did it")
        self.assertEqual(lot.user_name, "Kim Doe")
        self._erase()
        self.assertRegex(lot.user_name, "^Person [0-9a-f]{8}$")
        self.assertEqual(lot.note, f"Asked by {lot.user_name}")
        self.assertFalse(lot.user_id)
        message = self.wallet.message_ids.filtered(lambda m: "I did it" in m.body)
        self.assertFalse(message.author_id)

    def test_open_uses_of_points_stand_against_it(self):
        with self.assertRaisesRegex(UserError, "has open uses of points: 1,000"):
            self._erase()
        self.assertEqual(self.use.contact_id, self.anna)

    def test_it_says_first_what_it_does(self):
        wizard = self.env["loyalty.b2b.erase"].with_user(self.officer)
        wizard = wizard.with_context(active_model="res.partner", active_id=self.anna.id)
        wizard = wizard.create({})
        self.assertEqual(wizard.partner_id, self.anna)
        self.assertIn("open uses", wizard.refusal)
        self._confirm()
        wizard.invalidate_recordset()
        self.assertFalse(wizard.refusal)
        self.assertIn("Points, amounts, dates and documents stay", wizard.plan)
        self.assertIn("Hurtownia Wisła", wizard.plan)

    def test_companies_and_strangers_are_refused(self):
        for partner, text in (
            (self.customer, "no person of a customer"),
            (
                self.env["res.partner"].create(
                    {"name": "New", "parent_id": self.customer.id}
                ),
                "Nothing is kept",
            ),
        ):
            with self.subTest(partner=partner.name):
                wizard = self.env["loyalty.b2b.erase"].create(
                    {"partner_id": partner.id}
                )
                with self.assertRaisesRegex(UserError, text):
                    wizard.action_erase()

    def test_officers_erase_and_others_do_not(self):
        self._confirm()
        for user in (self.salesperson, self.sales_all):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._erase(user)
        wizard = self.env["loyalty.b2b.erase"].create({"partner_id": self.anna.id})
        with self.assertRaises(AccessError):
            wizard.with_user(self.salesperson).action_erase()

    def test_a_second_time_there_is_nothing(self):
        self._confirm()
        self._erase()
        with self.assertRaisesRegex(UserError, "Nothing is kept"):
            self._erase()

    def test_the_same_letters_in_other_words_stay(self):
        self._confirm()
        self.wallet._message_log(body="Anna Nowakowska called; so did Anna Nowak")
        self._erase()
        body = self.wallet.message_ids.filtered(lambda m: "called" in m.body).body
        self.assertIn("Anna Nowakowska called", body)
        self.assertRegex(body, "so did Person [0-9a-f]{8}")

    # === EVERYWHERE === #

    # Odoo's own: the contact stays as it is, with what Odoo keeps of it.
    MAIL = ("mail_message", "mail_activity", "mail_mail")

    def _find_word(self, word):
        """Return where a word stands: tables of ours and of messages about them."""
        self.env.flush_all()
        found = []
        tables = [
            model._table
            for name, model in self.env.items()
            if name.startswith("loyalty.b2b.") and model._auto and not model._transient
        ]
        for table in (*tables, *self.MAIL):
            about = (
                " AND NOT (model IN ('res.partner', 'res.users'))"
                if table == "mail_message"
                else ""
            )
            self.env.cr.execute(
                f"SELECT t::text FROM {table} t WHERE t::text ILIKE %s{about}",
                [f"%{word}%"],
            )
            found += [(table, row) for (row,) in self.env.cr.fetchall()]
        return found

    def _write_name_everywhere(self, name):
        """Let a name stand in every text that staff or the person may have typed."""
        text = f"{name} said so"
        self.use.write(
            {
                "reason": text,
                "ledger_note": f"Asked by {name}: why not.",
                "cancel_reason": text,
                "fulfil_note": text,
                "attendees": f"Jan Lis\n{name}",
            }
        )
        self.wallet.consent_ids.sudo().write({"note": text, "withdrawn_note": text})
        self.use._message_log(
            body=text, author_id=self.anna.id, email_from=f'"{name}" <a@b.example>'
        )
        message = self.use.message_ids.filtered(lambda m: "said so" in m.body)[:1]
        message.sudo().reply_to = f'"{name}" <catchall@b.example>'
        self.use._message_log(body="Something else")
        other = self.use.message_ids.filtered(lambda m: "else" in m.body)[:1]
        other.sudo().reply_to = f'"{name}" <catchall@b.example>'
        self.order._log_loyalty_b2b(f"Accepted by {name}", author_id=self.anna.id)

    def test_no_text_and_no_mail_names_the_person(self):
        self._write_name_everywhere("Anna Nowak")
        self._confirm()
        self.assertTrue(self._find_word("Anna Nowak"))
        self._erase()
        self.assertFalse(self._find_word("Anna Nowak"))
        self.assertIn("Jan Lis", self.use.attendees)
        self.order._action_cancel()
        self.assertGreater(len(self.use.entry_ids), 1)
        self.assertFalse(self._find_word("Anna Nowak"))

    def test_what_others_wrote_on_the_quotation_stays(self):
        self.order._message_log(body="Anna Nowak called", author_id=self.anna.id)
        self.order._log_loyalty_b2b("Accepted by Anna Nowak", author_id=self.anna.id)
        self._confirm()
        self._erase()
        messages = self.order.message_ids
        (theirs,) = messages.filtered(lambda m: "called" in (m.body or ""))
        self.assertIn("Anna Nowak", theirs.body)
        self.assertEqual(theirs.author_id, self.anna)
        (ours,) = messages.filtered(lambda m: "Accepted by" in (m.body or ""))
        self.assertRegex(ours.body, "Accepted by Person [0-9a-f]{8}")
        self.assertFalse(ours.author_id)
        self.assertNotIn("anna", ours.email_from.lower())

    def test_earlier_names_go_too(self):
        self._write_name_everywhere("Anna Nowak")
        self._confirm()
        self.anna.name = "Anna Lis-Kowalska"
        self._erase()
        self.assertFalse(self._find_word("Anna Nowak"))

    def test_no_row_is_the_persons_own(self):
        self._confirm()
        user = new_test_user(self.env, "anna", groups="base.group_portal")
        user.partner_id.write({"name": "Kim Doe", "parent_id": self.customer.id})
        self.anna = user.partner_id
        wallet = self.wallet.with_user(user).sudo()
        wallet._give_consent(self.anna, "offers", "phone")
        wallet._ask_administration(self.anna)
        wallet._message_log(body="I did it")
        self.use.with_user(user).sudo().fulfil_note = "Here"
        self.order.with_user(user).sudo()._log_loyalty_b2b("Here too")
        self._erase()
        self.env.flush_all()
        for table in (
            "loyalty_b2b_consent",
            "loyalty_b2b_person",
            "loyalty_b2b_person_request",
            "loyalty_b2b_redemption",
            "loyalty_b2b_approval",
            "loyalty_b2b_wallet",
        ):
            with self.subTest(table=table):
                self.assertFalse(self._count_signed(table, user))
        for model in ("loyalty.b2b.wallet", "sale.order"):
            with self.subTest(model=model):
                about = f" AND model = '{model}'"
                self.assertFalse(self._count_signed("mail_message", user, about))

    def _count_signed(self, table, user, about=""):
        self.env.cr.execute(
            f"SELECT count(*) FROM {table}"
            f" WHERE (create_uid = %s OR write_uid = %s){about}",
            [user.id, user.id],
        )
        return self.env.cr.fetchone()[0]

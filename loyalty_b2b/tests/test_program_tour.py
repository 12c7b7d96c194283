from odoo.tests import HttpCase, tagged

from .test_program_new import ProgramNewCommon


@tagged("post_install", "-at_install")
class TestProgramTour(ProgramNewCommon, HttpCase):
    """A stranger makes a programme of each kind and starts it."""

    def _tour(self, template):
        before = self.env["loyalty.b2b.program"].search([])
        self.start_tour("/odoo", f"loyalty_b2b_new_{template}", login=self.admin.login)
        program = self.env["loyalty.b2b.program"].search([]) - before
        self.assertEqual(program.state, "running")
        return program

    def test_points_for_invoices(self):
        self.program.active = False
        self._tour("invoices")

    def test_move_to_online(self):
        self._tour("online")

    def test_partner_programme(self):
        program = self._tour("partner")
        self.assertEqual(len(program.tier_ids), 3)

    def test_launch_of_new_products(self):
        program = self._tour("launch")
        self.assertEqual(program.rate_ids.amount, 20.0)
        self.assertEqual(program.rule_ids.product_ids, self.product)

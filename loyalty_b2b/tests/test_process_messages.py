from functools import partial

from odoo.tests import tagged

from .process_common import ProcessCase


def send(wallet_id, env):
    env["loyalty.b2b.wallet"].browse(wallet_id)._send_digests()
    env.flush_all()


def tell(wallet_id, env):
    env["loyalty.b2b.wallet"].browse(wallet_id)._notify("announced", "1")


@tagged("post_install", "-at_install")
class TestProcessMessages(ProcessCase):
    """Two nodes that send messages at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._environment() as env:
            env["loyalty.b2b.program"].browse(cls.program_id).notices = True

    def _count(self, wallet_id):
        with self._environment() as env:
            digests = env["loyalty.b2b.digest"].search([("wallet_id", "=", wallet_id)])
            mails = env["mail.mail"].search(
                [("model", "=", digests._name), ("res_id", "in", digests.ids)]
            )
            return len(digests), len(mails)

    def test_two_nodes_send_one_message(self):
        wallet_id, _partner = self._create_wallet(100, email="a@b.example")
        self.decide(*[partial(send, wallet_id)] * 3)
        self.assertEqual(self._count(wallet_id), (1, 1))

    def test_two_events_at_once_queue_one_notice(self):
        wallet_id, _partner = self._create_wallet(email="a@b.example")
        self.decide(*[partial(tell, wallet_id)] * 3)
        with self._environment() as env:
            notices = env["loyalty.b2b.notice"].search([("wallet_id", "=", wallet_id)])
            self.assertEqual(len(notices), 1)

    def test_a_notice_queued_while_messages_go_out_waits_for_the_next(self):
        wallet_id, _partner = self._create_wallet(100, email="a@b.example")
        self.decide(partial(send, wallet_id), partial(tell, wallet_id))
        with self._environment() as env:
            notice = env["loyalty.b2b.notice"].search([("wallet_id", "=", wallet_id)])
            self.assertIn(notice.state, ("waiting", "queued"))
            self.assertEqual(bool(notice.digest_ids), notice.state == "queued")
        self.assertEqual(self._count(wallet_id), (1, 1))

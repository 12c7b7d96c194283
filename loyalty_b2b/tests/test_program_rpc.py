from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .test_program_new import ProgramNewCommon


@tagged("post_install", "-at_install")
class TestProgramRpc(ProgramNewCommon, HttpCase):
    """What remote calls can do to the life of a programme: no more than buttons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_admin("rpc_second")
        cls.company.loyalty_b2b_start_by_two = True
        cls.draft = cls._create_program(start=False, name="Asked for")

    def _call(self, user, method, *args, model="loyalty.b2b.program", **kwargs):
        self.authenticate(user.login, user.login)
        result = self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )
        self.env.invalidate_all()
        return result

    def assertRefused(self, user, method, *args, **kwargs):
        with (
            self.subTest(user=user.login, method=method, args=args),
            mute_logger("odoo.http"),
            self.assertRaises(JsonRpcException),
        ):
            self._call(user, method, *args, **kwargs)

    def test_one_asks_and_another_starts(self):
        ids = self.draft.ids
        self._call(self.admin, "action_start", ids)
        self.assertEqual(self.draft.state, "draft")
        self.assertEqual(self.draft.start_asked_uid, self.admin)
        self.assertRefused(self.admin, "action_start", ids)
        for vals in (
            {"state": "running"},
            {"start_asked_uid": self.second.id},
            {"start_agreed_uid": self.second.id},
        ):
            self.assertRefused(self.admin, "write", ids, vals)
            # what opens the door is no value that a call can carry
            self.assertRefused(
                self.admin, "write", ids, vals, context={"loyalty_b2b_step": True}
            )
        self._call(self.second, "action_start", ids)
        self.assertEqual(self.draft.state, "running")

    def test_no_private_step_is_called(self):
        for method in ("_start", "_begin", "_start_planned", "_write_step"):
            self.assertRefused(self.admin, method, self.draft.ids)
        self.assertEqual(self.draft.state, "draft")

    def test_others_than_administrators_take_no_step(self):
        ids = self.draft.ids
        for user in (self.salesperson, self.officer):
            for method in ("action_start", "action_announce", "action_step"):
                self.assertRefused(user, method, ids)
            self.assertRefused(user, "create", [{}], model="loyalty.b2b.program.new")
            self.assertRefused(
                user,
                "create",
                [{"program_id": self.draft.id, "step": "start"}],
                model="loyalty.b2b.program.step",
            )
        self.assertEqual(self.draft.state, "draft")
        self.assertFalse(self.draft.start_asked_uid)

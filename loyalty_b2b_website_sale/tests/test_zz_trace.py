import traceback
from unittest.mock import patch
from odoo.sql_db import Cursor
from odoo.tests import tagged
from .test_checkout_budget import TestCheckoutBudget as Base

@tagged("post_install", "-at_install")
class TestTrace(Base):
    def _trace(self, name, call):
        self._sign_in(self.boss)
        call(); call()
        self.env.flush_all(); self.env.invalidate_all()
        real = Cursor.execute
        def execute(cr, query, *args, **kwargs):
            fs = [f for f in traceback.extract_stack() if "/loyalty_b2b" in f.filename and "/tests/" not in f.filename]
            if fs:
                q = query if isinstance(query, str) else getattr(query, "code", str(query))
                print("Q", name, " < ".join(f"{f.filename.split('/')[-1]}:{f.lineno}:{f.name}" for f in fs[::-1][:4]), "|", " ".join(str(q).split())[:110], flush=True)
            return real(cr, query, *args, **kwargs)
        with patch.object(Cursor, "execute", execute):
            call()
        print("=====", flush=True)
    def test_costs(self):
        self._trace("cart", self._see_cart)
        self._trace("payment", self._see_payment)
        self._choose()
        self._trace("cart-chosen", self._see_cart)
        self._trace("upd-chosen", self._change)

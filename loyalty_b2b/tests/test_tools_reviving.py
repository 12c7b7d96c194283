from hypothesis import given
from hypothesis import strategies as st

from ..tools import engine
from ..tools.engine.reviving import revive
from .test_tools_common import ToolsCase, property_settings
from .test_tools_engine import documents, line, rule, rulesets

FLAT = engine.RuleSet([rule(1)])


class TestRevive(ToolsCase):
    """Invoices whose points were cancelled, as they were paid late, count again."""

    def test_a_document_that_counts_is_not_revived(self):
        rows = engine.explain([line("a", 100)], FLAT)
        self.assertEqual(revive(rows), [])
        self.assertEqual(revive([]), [])

    def test_what_was_posted_before_stays_undone(self):
        first = engine.explain([line("a", 100), line("b", 50)], FLAT)
        history = first + engine.annul(first)
        history += engine.explain([line("a", 70)], FLAT)
        late = history + engine.annul(history)
        again = late + revive(late)
        self.assertEqual(engine.count(late, FLAT).points, 0)
        self.assertEqual(engine.count(again, FLAT).points, 70)

    @property_settings(150)
    @given(documents(), rulesets(), st.integers(1, 3))
    def test_cancelled_and_revived_any_number_of_times(self, lines, ruleset, turns):
        rows = engine.explain(lines, ruleset)
        expected = engine.count(rows, ruleset).pools
        history = list(rows)
        for _turn in range(turns):
            history += engine.annul(history)
            self.assertFalse(any(engine.count(history, ruleset).pools.values()))
            self.assertEqual(engine.annul(history), [])
            history += revive(history)
            self.assertEqual(engine.count(history, ruleset).pools, expected)
            self.assertEqual(revive(history), [])

"""What the tests of `tools` share; they need no database and no Odoo."""

import os
import unittest
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st


def property_settings(max_examples):
    """Return the settings of a property test, the same everywhere."""
    return settings(
        max_examples=max_examples,
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        database=None,
    )


def money(low, high):
    """Return amounts of money in whole cents, bounds included, in cents."""
    return st.integers(low, high).map(lambda cents: Decimal(cents).scaleb(-2))


class ToolsCase(unittest.TestCase):
    """A plain test case with what Odoo's runner asks of its own."""

    test_tags = {"standard", "at_install"}
    test_module = "loyalty_b2b"

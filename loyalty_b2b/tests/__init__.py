from . import test_ledger
from . import test_portal
from . import test_story_earn
from . import test_budget_earn
from . import test_verify
from . import test_use_order
from . import test_use_amounts

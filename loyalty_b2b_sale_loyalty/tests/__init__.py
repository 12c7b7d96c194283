from . import test_cards
from . import test_matrix
from . import test_migration
from . import test_promotions
from . import test_rivals
from . import test_sequences

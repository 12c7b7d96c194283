from . import loyalty_b2b_movement
from . import loyalty_b2b_duplicate
from . import customer_statement

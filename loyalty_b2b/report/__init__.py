from . import loyalty_b2b_movement
from . import customer_statement

from . import loyalty_b2b_movement

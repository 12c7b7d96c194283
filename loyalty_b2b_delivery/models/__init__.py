from . import loyalty_b2b_program
from . import loyalty_b2b_wallet
from . import loyalty_b2b_reward
from . import loyalty_b2b_redemption
from . import account_move
from . import sale_order
from . import sale_order_line

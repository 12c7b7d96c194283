from . import loyalty_b2b_program
from . import loyalty_b2b_redemption
from . import payment_transaction
from . import sale_order
from . import website
from . import website_demo

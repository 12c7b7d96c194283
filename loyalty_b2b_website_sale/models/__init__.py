from . import loyalty_b2b_program
from . import redemption_words
from . import sale_order
from . import sale_order_cart_lines
from . import sale_order_checkout
from . import sale_order_line
from . import website
from . import website_demo

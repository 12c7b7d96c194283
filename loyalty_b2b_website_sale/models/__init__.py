from . import loyalty_b2b_program
from . import sale_order
from . import sale_order_channel
from . import website
from . import website_channel
from . import website_demo

from . import test_channel
from . import test_shop
from . import test_earn_products
from . import test_earn_visits
from . import test_earn_cart

from . import cart_points
from . import cart
from . import checkout
from . import delivery
from . import shop_points
from . import payment
from . import joining

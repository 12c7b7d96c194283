from . import shop_points
from . import payment
from . import joining

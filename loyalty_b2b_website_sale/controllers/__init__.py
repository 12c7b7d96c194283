from . import payment
from . import joining

from . import joining

from . import portal
from . import portal_messages
from . import sale_portal

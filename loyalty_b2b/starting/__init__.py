from .invoices import PointsForInvoices
from .launch import LaunchOfProducts
from .online import MoveToOnline
from .partner import PartnerProgram

TEMPLATES = {
    "invoices": PointsForInvoices,
    "online": MoveToOnline,
    "partner": PartnerProgram,
    "launch": LaunchOfProducts,
}

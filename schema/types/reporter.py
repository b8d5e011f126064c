"""Who reported it, for those who may know."""

from domain import policy
from domain.model import complaint as model
from schema.plan.fields import column, planned
from schema.sealed import sealed


@planned(model.Reporter.__table__, policy.everything)
class Reporter:
    """Pelapor: encrypted at rest; each look of staff at an anonymous one is logged."""

    name: str | None = column("Name, as given.", lambda s: sealed(s, "name"))
    email: str | None = column("E-mail address.", lambda s: sealed(s, "email"))
    phone: str | None = column("Telephone, digits only.", lambda s: sealed(s, "phone"))

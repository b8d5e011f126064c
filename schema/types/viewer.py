"""Who asks, as the schema shows them."""

from domain import policy
from domain.words import ViewerKind
from schema.plan.fields import column, described, one
from schema.plan.inputs import viewer_value
from schema.plan.paging import connection
from schema.types.complaint import ComplaintConnection
from schema.types.complaint_filter import COMPLAINT_ARGUMENTS, COMPLAINT_FILTERS, due_first
from schema.types.opd import Opd


@described
class Viewer:
    """Whoever the request's token stands for; without one, a member of the public."""

    kind: ViewerKind = column("In what standing.", lambda _s: viewer_value("kind"))
    name: str | None = column("Name of the person or program.", lambda _s: viewer_value("name"))
    email: str | None = column("The account's own e-mail address.", lambda _s: viewer_value("email"))
    opd: Opd | None = one("The officer's OPD.", lambda _s, o: o.c.id == viewer_value("opd_id"))
    inbox: ComplaintConnection = connection(
        "What waits for the viewer, the earliest deadline first: for an officer what their OPD has and has"
        " not answered; for Diskominfo what to verify or dispatch.",
        lambda s, c: policy.waits_for(s.viewer, c),
        order=due_first,
        filters=COMPLAINT_FILTERS,
        arguments={"filter": COMPLAINT_ARGUMENTS["filter"]},
        backward=False,
    )
    permissions: list[str] = column(
        "What they may do, as `noun:verb`: front-ends draw their menus from this.",
        lambda _s: viewer_value("permissions"),
    )

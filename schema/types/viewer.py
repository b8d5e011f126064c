"""Who asks, as the schema shows them."""

import sqlalchemy as sa

from domain import policy
from domain.authority import permissions
from domain.words import ViewerKind
from schema.declaring import described
from schema.plan.fields import column, one
from schema.plan.paging import connection
from schema.types.complaint import ComplaintConnection
from schema.types.complaint_filter import COMPLAINT_ARGUMENTS, COMPLAINT_FILTERS, due_first
from schema.types.opd import Opd


@described
class Viewer:
    """Whoever the request's token stands for; without one, a member of the public."""

    kind: ViewerKind = column("In what standing.", lambda s: s.of_viewer(lambda v: v.kind))
    name: str | None = column("Name of the person or program.", lambda s: s.of_viewer(lambda v: v.name))
    email: str | None = column("The account's own e-mail address.", lambda s: s.of_viewer(lambda v: v.email))
    opd: Opd | None = one(
        "The officer's OPD.", lambda s, o: o.c.id == s.of_viewer(lambda v: v.opd_id, sa.Uuid())
    )
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
        lambda s: s.of_viewer(permissions, sa.ARRAY(sa.Text())),
    )

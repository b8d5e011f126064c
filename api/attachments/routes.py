"""Under which addresses are attachments sent and read?"""

from starlette.routing import Route

from api.attachments.desk import Attachments
from api.attachments.reading import read
from api.attachments.uploading import upload
from domain.attachments.links import ROOT


def routes(desk: Attachments) -> list[Route]:
    """One for what comes in, one for what goes out."""
    sending, reading = ("PUT", "OPTIONS"), ("GET", "HEAD", "OPTIONS")
    return [
        Route(
            f"{ROOT}/uploads/{{folder}}",
            desk.endpoint(upload, methods=", ".join(sending), expired="upload_expired"),
            methods=sending,
        ),
        Route(
            f"{ROOT}/{{key}}/{{part}}",
            desk.endpoint(read, methods=", ".join(reading), expired="link_expired"),
            methods=reading,
        ),
    ]

"""Every table of the service, as one metadata."""

from domain.model import (
    attachment,
    audit,
    complaint,
    event,
    mail,
    master,
    merge,
    notice,
    people,
    privacy,
    search,
    tally,
    webhook,
)
from domain.model.base import Base

metadata = Base.metadata

__all__ = [
    "attachment",
    "audit",
    "complaint",
    "event",
    "mail",
    "master",
    "merge",
    "metadata",
    "notice",
    "people",
    "privacy",
    "search",
    "tally",
    "webhook",
]

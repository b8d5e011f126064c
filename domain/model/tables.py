"""Every table of the service, as one metadata."""

from domain.model import audit, complaint, event, master, people, search, tally
from domain.model.base import Base

metadata = Base.metadata

__all__ = ["audit", "complaint", "event", "master", "metadata", "people", "search", "tally"]

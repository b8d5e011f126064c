"""What does the checkup say of one matter: how it stands, and what is to be done?"""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How a matter stands."""

    FINE = "[green]ok[/]     "
    NOTE = "[yellow]note[/]   "
    WRONG = "[red]wrong[/]  "


@dataclass(frozen=True, slots=True)
class Finding:
    """One matter: how it stands, and the remedy where something is to be done."""

    state: State
    matter: str
    remedy: str | None = None


def fine(matter: str) -> Finding:
    return Finding(State.FINE, matter)

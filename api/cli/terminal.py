"""How does the command speak to the operator: results, progress, and errors of one line?"""

import functools
from collections.abc import Callable
from typing import ParamSpec

import typer
from rich.console import Console

P = ParamSpec("P")

out = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def say(message: str) -> None:
    """Tells what was done, or is being done."""
    out.print(message, markup=False)


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """The command, with one line instead of a traceback for whatever the operator can put right."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Exception as error:
            # Loaded only now: it knows the errors of libraries that a command may never have needed.
            from api.cli.failures import explained  # noqa: PLC0415

            message = explained(error)
            if message is None:
                raise
            errors.print(f"Error: {message}", markup=False, style="red")
            raise typer.Exit(1) from error

    return run

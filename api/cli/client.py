# ruff: noqa: PLC0415 - a command loads what it needs when it runs.
"""The commands `aduan client`: what can the operator do with the keys of third parties?"""

from typing import Annotated

import typer

from api.cli.terminal import plainly
from domain.words import ClientScope

client = typer.Typer(help="Programs of third parties that use the API with a key.", no_args_is_help=True)


@client.command(name="create")
@plainly
def client_create(
    name: Annotated[str, typer.Option(help="Whose program it is.", show_default=False)],
    scope: Annotated[
        list[ClientScope],
        typer.Option(
            case_sensitive=False,
            show_default=False,
            help="What the key may be used for; repeat it for more than one.",
        ),
    ],
    requests_per_minute: Annotated[int, typer.Option(min=1, max=1_000_000, help="How often.")] = 120,
    cost_per_minute: Annotated[
        int, typer.Option(min=1, max=1_000_000_000, help="How much, as `extensions.cost` counts it.")
    ] = 100_000,
) -> None:
    """Make an API key for a program, and show it once.

    For example: `aduan client create --name "Radar Banten" --scope read --scope events`
    """
    from api.cli import people
    from domain.actor import Rates

    people.create_client(name=name, scopes=scope, rates=Rates(requests_per_minute, cost_per_minute))


@client.command(name="revoke")
@plainly
def client_revoke(name: Annotated[str, typer.Option(help="Whose key.", show_default=False)]) -> None:
    """Take a key back: it opens nothing any more, at once.

    For example: `aduan client revoke --name "Radar Banten"`
    """
    from api.cli import people

    people.revoke_client(name=name)

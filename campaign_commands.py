"""The front door's commands about campaigns."""

from __future__ import annotations

import click

from effect_commands import report, shares, undo
from wording_commands import propose


@click.group()
def campaign() -> None:
    """Campaigns: what is sent to whom, and what it brought."""


campaign.add_command(propose)
campaign.add_command(report)
campaign.add_command(shares)
campaign.add_command(undo)

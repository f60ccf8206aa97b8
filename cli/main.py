"""The `releasebus` command: it wires the parts of the bus together."""

import logging

import typer

from cli import acl, cpu, dead_letters, door, edi, key, override, partner, party, set_aside
from cli.change import change_key
from cli.convert import convert
from cli.deliveries import deliveries
from cli.demo.command import demo
from cli.exits import EXIT_CODES, Commands
from cli.notifications import notifications
from cli.parked import parked
from cli.partner_answers import answers
from cli.publish import publish
from cli.rebuild import rebuild
from cli.replay import replay
from cli.resume import resume
from cli.schemas import schemas
from cli.settle import settle_dispute
from cli.show import show
from cli.simulate import simulate
from cli.suspend import reinstate, suspend
from cli.systems import new_system, systems
from cli.tail import tail
from cli.topics import topics
from cli.trail import audit, audit_check
from cli.translate import translate
from cli.up import up
from cli.verify import verify
from cli.why import why

app = typer.Typer(
    cls=Commands,
    help="The bus where container release rights of many ports meet one ledger.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def releasebus() -> None:
    """Set up what all commands share: warnings go to standard error."""
    # It tells of every refused connection; the command says what that means.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


for command in (
    demo,
    up,
    why,
    show,
    tail,
    publish,
    parked,
    resume,
    settle_dispute,
    topics,
    verify,
    rebuild,
    audit,
    audit_check,
    schemas,
    notifications,
    deliveries,
    systems,
    new_system,
    translate,
):
    app.command(epilog=EXIT_CODES)(command)
dead_letters.app.command(epilog=EXIT_CODES)(replay)
key.app.command("change", epilog=EXIT_CODES)(change_key)
edi.app.command(epilog=EXIT_CODES)(convert)
partner.app.command(epilog=EXIT_CODES)(simulate)
partner.app.command(epilog=EXIT_CODES)(answers)
party.app.command(epilog=EXIT_CODES)(suspend)
party.app.command(epilog=EXIT_CODES)(reinstate)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(set_aside.app, name="set-aside")
app.add_typer(cpu.app, name="cpu")
app.add_typer(edi.app, name="edi")
app.add_typer(partner.app, name="partner")
app.add_typer(party.app, name="party")
app.add_typer(door.app, name="door")
app.add_typer(key.app, name="key")
app.add_typer(acl.app, name="acl")
app.add_typer(override.app, name="override")


if __name__ == "__main__":
    app()

"""The client's events, and who handles each."""

from kibitz.clock import Clock
from kibitz.play.acting import Acting
from kibitz.play.answering import Answering
from kibitz.play.outgoing import Names
from kibitz.play.passing import Passing
from kibitz.play.rates import PlayerRates
from kibitz.play.reports import Reports
from kibitz.play.tables import Tables
from kibitz.play.taking_part import TakingPart
from kibitz.protocol.messages import Act, Chat, Features, Join, Leave, Ping, Rematch, Resync
from kibitz.rooms.directory.directory import Directory
from kibitz.transport.namespace import Namespace

EVENTS = ("join", "leave", "act", "resync", "chat", "rematch", "features", "ping")
"""Those of the contract that a client sends."""


def take_events(
    namespace: Namespace,
    directory: Directory,
    tables: Tables,
    rates: PlayerRates,
    clock: Clock,
    reports: Reports,
    names: Names,
) -> None:
    """Every event of the contract is handled from now on."""
    answering = Answering(namespace, rates, clock, reports)
    taking_part = TakingPart(answering, directory, tables, reports)
    passing = Passing(answering, tables, clock, reports, names)
    answering.on("join", Join, taking_part.join)
    answering.on("leave", Leave, taking_part.leave)
    answering.on("act", Act, Acting(answering, directory, reports).act)
    answering.on("resync", Resync, taking_part.resync)
    answering.on("chat", Chat, passing.chat)
    answering.on("rematch", Rematch, taking_part.rematch)
    answering.on("features", Features, passing.features)
    answering.on("ping", Ping, passing.ping)

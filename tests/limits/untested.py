"""Bounds that no test names, by the reason. Whoever writes a test of one takes it out of here."""

UNTESTED: dict[str, tuple[str, ...]] = {
    "not a limit, but a code, a unit, a place in a picture, or the layout of what is stored": (
        "app.commands.wait._FAILED",
        "app.commands.wait._MATCHED",
        "app.commands.wait._NO_MATCH",
        "app.domain.units.MICROSECOND",
        "app.export.har._UNKNOWN_SIZE",
        "app.ingress.buffer._BLANK",
        "app.storage.ids.BITS",
        "app.storage.ledger.spaces.EPOCH_BITS",
        "app.storage.log.deleting._FAR",
        "app.storage.reads.messages.FAR",
        "app.web.socket.GONE",
    ),
    "how large a step of work is, or how often something looks: any value keeps the promises, only speed differs": (
        "app.ingress.answering.LOOK_AGAIN_S",
    ),
    "a number that only the system below can be held to": (
        "app.ingress.pages._NEVER_S",
        "app.ingress.server.BACKLOG",
    ),
    "not tested yet": (
        "app.domain.folding.ECHO",
        "app.storage.ledger.client.STRIKES",
        "app.storage.ledger.follower.AFTER",
        "app.storage.ledger.follower.ERASED_WITHIN_S",
        "app.storage.ledger.follower.INDEXED",
        "app.storage.ledger.follower.MOST_FAILURES",
        "app.storage.ledger.follower.TURN_S",
        "app.storage.ledger.messages.PIECES_WITHIN_US",
        "app.storage.ledger.pacing.WEIGHT",
        "app.storage.ledger.process.NICENESS",
        "app.storage.ledger.process.SETTLED_S",
        "app.storage.reads.messages.MOST_FACTS",
        "app.storage.reads.pairings.MOST_OF_A_DRILL",
        "app.storage.reads.words.MOST_TEXTS",
        "app.storage.sqlite.ledger_file._PAGES",
    ),
}

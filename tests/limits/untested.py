"""Bounds that no test names, by the reason. With a test of one, remove it here."""

UNTESTED: dict[str, tuple[str, ...]] = {
    "no limit, but a code, a unit, a place in a picture, or the layout of what is stored": (
        "app.commands.wait._FAILED",
        "app.commands.wait._MATCHED",
        "app.commands.wait._NO_MATCH",
        "app.domain.reconciliation.columns._MICRO",
        "app.domain.reconciliation.digests._NO_NUMBER",
        "app.domain.reconciliation.digests._SIZE",
        "app.domain.reconciliation.summary._MINUTE_US",
        "app.domain.reconciliation.zones._MICROSECOND",
        "app.domain.reconciliation.zones._QUARTER_US",
        "app.export.har._UNKNOWN_SIZE",
        "app.ingress.buffer._BLANK",
        "app.records.times._GREGORIAN",
        "app.records.times._MICROSECOND",
        "app.records.times._MINUTE_US",
        "app.records.times._SECOND_US",
        "app.storage.ids.BITS",
        "app.storage.ledger.spaces.EPOCH_BITS",
        "app.storage.log.deleting._MAX_NUMBER",
        "app.storage.reads.messages.MAX_ID",
        "app.web.listeners.socket.BIN_GONE",
        "app.web.listeners.socket.NAME_REUSED",
        "app.web.listeners.socket.REMOVED",
        "app.web.listeners.socket.SIGNED_OUT",
    ),
    "given to the kernel or to a library, where its effect cannot be told apart in a test": (
        "app.ingress.server.BACKLOG",
        "app.storage.sqlite.ledger_file._MERGED_PAGES",
    ),
}

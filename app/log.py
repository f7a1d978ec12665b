"""Structured log events on stderr. They never have a body, a query, a capture key, a token or a complete phone
number.

Each call decides what is logged. aiohttp's access log is off, because it would log the path (with the capture key)
and the query (with the text of a message) of every request.
"""

import logging
import sys

import structlog

from .clock import ticks
from .traces import place_of, trace_of

FORBIDDEN = frozenset({"body", "headers", "query", "target", "text", "sender", "recipient", "token", "key", "cookie"})

# Exceptions that are logged for one place in a minute, and places that are tracked.
MAX_TRACES, MINUTE_S = 5, 60.0
MAX_PLACES = 1_000


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a component; its event names have the form `noun.past`."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return log


def set_up_log(level: str, form: str) -> None:
    """Configure the log: our events and the lines of libraries, in one format on stderr."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _redact,
    ]
    last: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(TraceLimit())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _add_trace,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # The parser's messages repeat the request; invalid requests are counted in the metrics instead.
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    logging.getLogger("asyncio").setLevel(logging.WARNING)


class TraceLimit(logging.Filter):
    """Passes `MAX_TRACES` exceptions a minute for each place, so that a sender that triggers a bug cannot fill the
    disk. The next one that is logged has the number of suppressed ones in `not_logged`."""

    def __init__(self) -> None:
        super().__init__()
        # By event and place: start of the minute, number of logged exceptions, number of suppressed ones.
        self._places: dict[tuple[str, str], tuple[float, int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to log the record."""
        fields = record.msg if isinstance(record.msg, dict) else {}
        error = _error_of(fields.get("exc_info") or record.exc_info)
        if error is None and "trace" not in fields:
            return True
        event = str(fields.get("event", record.name))
        where = (event, place_of(error) if error is not None else "")
        moment = ticks()
        since, logged, suppressed = self._places.get(where, (moment, 0, 0))
        if moment - since >= MINUTE_S:
            since, logged = moment, 0
        if logged >= MAX_TRACES:
            self._places[where] = (since, logged, suppressed + 1)
            return False
        if len(self._places) >= MAX_PLACES:
            self._places.clear()
        self._places[where] = (since, logged + 1, 0)
        if suppressed and fields:
            fields["not_logged"] = suppressed
        return True


def _error_of(exc_info: object) -> BaseException | None:
    if exc_info is True:
        return sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return exc_info if isinstance(exc_info, BaseException) else None


def _add_trace(
    logger: logging.Logger,  # noqa: ARG001
    method: str,  # noqa: ARG001
    event: structlog.typing.EventDict,
) -> structlog.typing.EventDict:
    """Format the exception without its message."""
    error = _error_of(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = trace_of(error)
    return event


def _redact(
    logger: logging.Logger,  # noqa: ARG001
    method: str,  # noqa: ARG001
    event: structlog.typing.EventDict,
) -> structlog.typing.EventDict:
    for name in FORBIDDEN & event.keys():
        event[name] = "(not logged)"
    return event

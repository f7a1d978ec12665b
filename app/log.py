"""Events with fields, on stderr. Never a body, a query, a capture key, a token or a whole phone number.

What is logged is decided here and at each call; aiohttp's own access log is off, because it would write the path
(with the capture key) and the query (with the text of a message) of every request.
"""

import logging
import sys

import structlog

from .clock import ticks
from .traces import place_of, trace_of

FORBIDDEN = frozenset({"body", "headers", "query", "target", "text", "sender", "recipient", "token", "key", "cookie"})

# Exceptions of one place that are logged in a minute; places that are counted.
MOST_TRACES, MINUTE_S = 5, 60.0
MOST_PLACES = 1_000


def get_log(room: str) -> structlog.stdlib.BoundLogger:
    """The logger of a room; its events are `noun.past`."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger(room)
    return log


def set_up_log(level: str, form: str) -> None:
    """Everything, our own events and the libraries' lines, in one form on stderr."""
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
    handler.addFilter(Cap())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _put_trace,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # The parser's complaints quote the request; they are counted instead.
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    logging.getLogger("asyncio").setLevel(logging.WARNING)


class Cap(logging.Filter):
    """Lets `MOST_TRACES` exceptions a minute of each place through: a sender that finds a fault of ours must not fill
    the disk. The next one that is logged tells how many were `not_logged` before it."""

    def __init__(self) -> None:
        super().__init__()
        # By event and place: since when, how many were logged, how many were not.
        self._places: dict[tuple[str, str], tuple[float, int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        said = record.msg if isinstance(record.msg, dict) else {}
        error = _error_of(said.get("exc_info") or record.exc_info)
        if error is None and "trace" not in said:
            return True
        event = str(said.get("event", record.name))
        where = (event, place_of(error) if error is not None else "")
        moment = ticks()
        since, logged, held = self._places.get(where, (moment, 0, 0))
        if moment - since >= MINUTE_S:
            since, logged = moment, 0
        if logged >= MOST_TRACES:
            self._places[where] = (since, logged, held + 1)
            return False
        if len(self._places) >= MOST_PLACES:
            self._places.clear()
        self._places[where] = (since, logged + 1, 0)
        if held and said:
            said["not_logged"] = held
        return True


def _error_of(exc_info: object) -> BaseException | None:
    if exc_info is True:
        return sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return exc_info if isinstance(exc_info, BaseException) else None


def _put_trace(
    logger: logging.Logger,  # noqa: ARG001
    method: str,  # noqa: ARG001
    event: structlog.typing.EventDict,
) -> structlog.typing.EventDict:
    """The exception in words, without its message."""
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

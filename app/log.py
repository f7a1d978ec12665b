"""Events with fields, on stderr. Never a body, a query, a capture key, a token or a whole phone number.

What is logged is decided here and at each call; aiohttp's own access log is off, because it would write the path
(with the capture key) and the query (with the text of a message) of every request.
"""

import logging
import sys

import structlog

FORBIDDEN = frozenset({"body", "headers", "query", "target", "text", "sender", "recipient", "token", "key", "cookie"})


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
    # A plain traceback: the pretty one prints local variables, and with them bodies and tokens.
    last: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if console
        else structlog.processors.JSONRenderer()
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
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([] if console else [structlog.processors.format_exc_info]),
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


def _redact(
    logger: logging.Logger,  # noqa: ARG001
    method: str,  # noqa: ARG001
    event: structlog.typing.EventDict,
) -> structlog.typing.EventDict:
    for name in FORBIDDEN & event.keys():
        event[name] = "(not logged)"
    return event

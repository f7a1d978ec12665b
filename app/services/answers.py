"""The answers of all bins, in memory, so that choosing one needs no read. The store is changed first."""

import asyncio
from collections.abc import Callable
from functools import partial

from ..domain.answers.limits import check_answers
from ..domain.answers.model import Answer, RoleAnswers, safe_answer
from ..domain.answers.placeholders import has_placeholders
from ..domain.captures import RawRequest, Reading
from ..domain.roles import Role
from ..domain.search import Candidate, Query, WrongTerm, matches, parse_query
from ..errors import Invalid
from ..live.hub import Hub
from ..log import get_log
from ..store import Store
from .keyring import Reload

_log = get_log("answers")


class _ParsedAnswers:
    """The answers of a role with parsed queries."""

    __slots__ = ("answers", "needs_reading", "rules")

    def __init__(self, answers: RoleAnswers) -> None:
        self.answers = answers
        self.rules: list[tuple[Query, Answer]] = []
        for rule in answers.rules:
            try:
                self.rules.append((parse_query(rule.match), rule.answer))
            except WrongTerm as error:
                # A newer version has written a term that is unknown here; the other rules still apply.
                _log.warning("rule.ignored", reason=str(error))
        self.needs_reading = bool(self.rules) or has_placeholders(answers.answer)

    def choose(self, role: Role, raw: RawRequest, reading: Reading) -> Answer:
        if self.rules:
            candidate = _candidate(role, raw, reading)
            for query, answer in self.rules:
                if matches(query, candidate):
                    return answer
        return self.answers.answer


class Answers:
    """Use from one event loop only."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._by_bin: dict[str, dict[Role, _ParsedAnswers]] = {}
        self._changing = asyncio.Lock()
        self.reload: Reload | None = None
        """Set if the store is shared."""

    async def start(self) -> None:
        """Load the answers that users have set."""
        for bin_id, role, answers in await self._store.list_answers():
            self._by_bin.setdefault(bin_id, {})[role] = _ParsedAnswers(answers)

    async def read(self, bin_id: str) -> Callable[[], None]:
        """As in `Reloadable`."""
        found = {role: _ParsedAnswers(answers) for _, role, answers in await self._store.list_answers(bin_id)}
        return partial(self._put, bin_id, found)

    def of(self, bin_id: str, role: Role) -> RoleAnswers:
        """The answers of a role; the default if a user has set none."""
        ready = self._by_bin.get(bin_id, {}).get(role)
        return RoleAnswers(answer=safe_answer(role)) if ready is None else ready.answers

    def is_set(self, bin_id: str, role: Role) -> bool:
        """Whether a user has set answers for the role."""
        return role in self._by_bin.get(bin_id, {})

    def needs_reading(self, bin_id: str, role: Role) -> bool:
        """Whether the answer depends on the content of the request."""
        ready = self._by_bin.get(bin_id, {}).get(role)
        return ready is not None and ready.needs_reading

    def choose(self, bin_id: str, role: Role, raw: RawRequest, reading: Reading) -> Answer:
        """The answer to a request on a role for which a user has set answers."""
        return self._by_bin[bin_id][role].choose(role, raw, reading)

    async def set(self, bin_id: str, role: Role, answers: RoleAnswers) -> None:
        """Set the answers of a role. Raises Invalid with every wrong field, NotFound."""
        problems = check_answers(answers)
        if problems:
            raise Invalid(*problems)
        ready = _ParsedAnswers(answers)
        async with self._changing:
            await self._store.set_answers(bin_id, role, answers)
            if self.reload is not None:
                await self.reload(bin_id)
            else:
                self._put(bin_id, {**self._by_bin.get(bin_id, {}), role: ready})
        self._hub.notify(bin_id)

    async def reset(self, bin_id: str, role: Role) -> None:
        """Restore the default. Raises NotFound."""
        async with self._changing:
            await self._store.set_answers(bin_id, role, None)
            if self.reload is not None:
                await self.reload(bin_id)
            else:
                others = self._by_bin.get(bin_id, {}).items()
                self._put(bin_id, {other: ready for other, ready in others if other is not role})
        self._hub.notify(bin_id)

    def forget(self, bin_id: str) -> None:
        """The bin was deleted."""
        self._by_bin.pop(bin_id, None)

    def _put(self, bin_id: str, roles: dict[Role, _ParsedAnswers]) -> None:
        if roles:
            self._by_bin[bin_id] = roles
        else:
            self._by_bin.pop(bin_id, None)


def matching_rule(answers: RoleAnswers, role: Role, raw: RawRequest, reading: Reading) -> int | None:
    """The index of the rule that matches such a request, or None. Raises WrongTerm."""
    candidate = _candidate(role, raw, reading)
    found = (index for index, rule in enumerate(answers.rules) if matches(parse_query(rule.match), candidate))
    return next(found, None)


def _candidate(role: Role, raw: RawRequest, reading: Reading) -> Candidate:
    return Candidate(
        n=None,
        received_at=raw.received_at,
        role=role.value,
        kind=reading.kind.value,
        method=raw.method,
        size=len(raw.body),
        provider=reading.provider,
        message_id=reading.message_id,
        sender=reading.sender,
        recipient=reading.recipient,
        text=reading.text,
        status=reading.status,
        words=reading.words,
        findings=reading.findings,
    )

"""Notices on an open page that are independent of its cursor: active faults, alerts, listeners that lag, and the
state of storing and reading."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import aiohttp_jinja2
from aiohttp import web

from ... import clock
from ..site.alerts import ShownAlerts, alerts_of
from ..site.condition import CONDITION
from ..site.faults import faults_of
from ..site.listeners import ShownListeners, listeners_of
from ..words.faults import key_of
from .edits import PLAIN, ViewState

# The parameters with which the script of a live page says which notices the page shows.
NOTICES = ("faults", "alerts", "listeners", "storage")
Due = tuple[tuple[object, ...], Callable[[], str]]


class Notices:
    """The notices that one viewer's page shows: the keys of its `faults`, `alerts`, `listeners` and `storage`."""

    def __init__(
        self, app: web.Application, bin_id: str, state: ViewState, *, faults: str, alerts: str, listeners: str,
        storage: str,
    ) -> None:  # fmt: skip
        self._app = app
        self._bin_id = bin_id
        self._state = state
        self._faults = faults
        self._alerts = alerts
        self._listeners = listeners
        self._storage = storage
        self._word = ""

    def due(self) -> Iterator[Due]:
        """Frames for what has changed: a key that equal frames share, and the function that makes the text."""
        state = self._state
        faults = key_of(faults_of(self._app, self._bin_id))
        if faults != self._faults:
            self._faults = faults
            yield ("faults", self._bin_id, state.view, state.base, faults), self._faults_text
        alerts = alerts_of(self._app, self._bin_id)
        if alerts.key != self._alerts:
            self._alerts = alerts.key
            yield ("alerts", self._bin_id, state.base, alerts.key), partial(self._alerts_text, alerts)
        listeners = listeners_of(self._app, self._bin_id)
        if listeners.key != self._listeners:
            self._listeners = listeners.key
            yield ("listeners", self._bin_id, state.base, listeners.key), partial(self._listeners_text, listeners)
        condition = self._app[CONDITION]
        word = condition.word(self._bin_id)
        if (condition.key, word) != (self._storage, self._word):
            self._storage, self._word = condition.key, word
            yield ("storage", state.base, condition.key, word), partial(self._storage_text, word)

    def _faults_text(self) -> str:
        about = {
            "faults": faults_of(self._app, self._bin_id), "base": self._state.base, "bin_id": self._bin_id, "back": "",
            "now": clock.now(),
        }  # fmt: skip
        names = ["faults/_banner.html", *(["faults/_now.html"] if self._state.view == PLAIN else [])]
        html = "".join(self._render(name, about) for name in names)
        return json.dumps({"faults": html}, ensure_ascii=False)

    def _alerts_text(self, alerts: ShownAlerts) -> str:
        html = self._render("alerts/_banner.html", {"alerts": alerts, "base": self._state.base})
        return json.dumps({"alerts": html}, ensure_ascii=False)

    def _listeners_text(self, listeners: ShownListeners) -> str:
        html = self._render("listeners/_banner.html", {"listeners": listeners, "base": self._state.base})
        return json.dumps({"forwards": html}, ensure_ascii=False)

    def _storage_text(self, word: str) -> str:
        condition = self._app[CONDITION]
        about = {
            "troubles": condition.troubles, "storage_key": condition.key, "base": self._state.base, "back": "",
        }  # fmt: skip
        notice = {"html": self._render("site/_condition.html", about), "word": word}
        return json.dumps({"storage": notice}, ensure_ascii=False)

    def _render(self, name: str, about: Mapping[str, object]) -> str:
        return aiohttp_jinja2.get_env(self._app).get_template(name).render(about)

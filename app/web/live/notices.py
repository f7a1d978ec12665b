"""Notices on an open page that no cursor tells: the faults that are on, and how storing and reading go."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import aiohttp_jinja2
from aiohttp import web

from ... import clock
from ..site.condition import CONDITION
from ..site.faults import faults_of
from ..words.faults import key_of
from .edits import PLAIN, Scene

Due = tuple[tuple[object, ...], Callable[[], str]]


class Notices:
    """What one viewer's page shows: keys of its `faults` and of its `storage`."""

    def __init__(self, app: web.Application, bin_id: str, scene: Scene, *, faults: str, storage: str) -> None:
        self._app = app
        self._bin_id = bin_id
        self._scene = scene
        self._faults = faults
        self._storage = storage
        self._word = ""

    def due(self) -> Iterator[Due]:
        """Frames for what has changed since: a key that is the same for the same frame, and how to make its text."""
        scene = self._scene
        faults = key_of(faults_of(self._app, self._bin_id))
        if faults != self._faults:
            self._faults = faults
            yield ("faults", self._bin_id, scene.view, scene.base, faults), self._faults_text
        condition = self._app[CONDITION]
        word = condition.word(self._bin_id)
        if (condition.key, word) != (self._storage, self._word):
            self._storage, self._word = condition.key, word
            yield ("storage", scene.base, condition.key, word), partial(self._storage_text, word)

    def _faults_text(self) -> str:
        about = {
            "faults": faults_of(self._app, self._bin_id), "base": self._scene.base, "bin_id": self._bin_id, "back": "",
            "now": clock.now(),
        }  # fmt: skip
        names = ["faults/_banner.html", *(["faults/_now.html"] if self._scene.view == PLAIN else [])]
        html = "".join(self._render(name, about) for name in names)
        return json.dumps({"faults": html}, ensure_ascii=False)

    def _storage_text(self, word: str) -> str:
        condition = self._app[CONDITION]
        about = {
            "troubles": condition.troubles, "storage_key": condition.key, "base": self._scene.base, "back": "",
        }  # fmt: skip
        told = {"html": self._render("site/_condition.html", about), "word": word}
        return json.dumps({"storage": told}, ensure_ascii=False)

    def _render(self, name: str, about: Mapping[str, object]) -> str:
        return aiohttp_jinja2.get_env(self._app).get_template(name).render(about)

"""The page of a role's answers: the form, warnings about its content, and a preview of what a request would get."""

import http
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from aiohttp import web

from ... import clock, keys
from ...domain.answers.limits import check_answers
from ...domain.answers.lint import Remark
from ...domain.answers.model import Answer, RoleAnswers
from ...domain.answers.placeholders import render as render_answer
from ...domain.bins import Bin
from ...domain.captures import CaptureRow, RawRequest, Reading
from ...domain.roles import Kind, Role
from ...domain.search import parse_query
from ...errors import Invalid, NotFound
from ...providers import recognise
from ...providers.answers import AnswerPreset, presets_for
from ...services.answers import matching_rule
from ...services.large import work_on
from ...services.replies import values_of
from ...store import Store
from ..site.audit import act_as, leave_out, note
from ..site.forms import read_form
from ..site.inputs import HIGHEST, MAX_BYTES, number
from ..site.masking import masking_of
from ..site.roles import role_named
from ..site.templates import render
from ..site.urls import server_address
from .form import MOST_FIELDS, RoleAnswersDraft, draft_answer, draft_of, read_draft, rule_prefix
from .notes import FieldNote, field_title, names_of, notes_of, remarks_of

# Captures to choose from for the preview.
SAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPreview:
    """The answer that a capture would get. `rule` is the index of the rule that matches it."""

    rule: int | None
    answer: Answer

    @property
    def reason(self) -> str:
        """The reason phrase of the status, or empty."""
        return http.HTTPStatus(self.answer.status).phrase if self.answer.status in list(http.HTTPStatus) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersPage:
    """The form as it stands. `here` is its address; `problems` keep it from being saved, `warnings` want to be seen
    first, and `seen` names those that this page shows. `sample` is the number of the capture that the preview is made
    with, 0 for an invented one. `submitted`: it was to be saved. `focus` is the field that has just
    come."""

    bin: Bin
    role: Role
    here: str
    draft: RoleAnswersDraft
    presets: Sequence[AnswerPreset]
    is_set: bool
    changed: bool
    samples: Sequence[CaptureRow]
    sample: int
    preview: AnswerPreview | None
    problems: Mapping[str, str]
    warnings: Sequence[tuple[str, str]]
    notes: Mapping[str, Sequence[FieldNote]]
    marked: Sequence[Role]
    mark: str = "set"
    submitted: bool = False
    saved: bool = False
    focus: str = ""

    @property
    def seen(self) -> str:
        """A key for these warnings; empty without any."""
        return _seen_key(self.warnings)

    @property
    def names(self) -> Sequence[str]:
        """Every field that may have a note."""
        return names_of(self.draft)

    def prefix(self, index: int) -> str:
        """The prefix of the fields of a rule's answer."""
        return rule_prefix(index)

    def title(self, name: str) -> str:
        """The title of a field."""
        return field_title(name)

    def place(self, name: str) -> str:
        """The id of the element to correct."""
        return f"{name}.name" if name.rpartition(".")[0].endswith("headers") else name


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/answers?role="""
    bin, role = await _place(request)
    draft = draft_of(request.app[keys.ANSWERS].of(bin.id, role))
    page = await _page(request, bin, role, draft, request.query.get("with"))
    return render(request, "answers/index.html", replace(page, saved="saved" in request.query))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/answers?role=: save, or apply another button of the form and show the form again."""
    bin, role = await _place(request)
    note(request, role=role.value)
    form = await read_form(request, most=MOST_FIELDS, size=MAX_BYTES)
    button = form.get("do", "save")
    answers = request.app[keys.ANSWERS]
    if button == "reset":
        act_as(request, "answer.reset")
        await answers.reset(bin.id, role)
        return _saved(request, bin, role)
    if button != "save":
        leave_out(request)
    draft = _press(read_draft(form), button, bin, role)
    if button == "save" and await _try_to_save(request, bin, role, draft, form.get("seen", "")):
        return _saved(request, bin, role)
    page = await _page(request, bin, role, draft, form.get("with"))
    if button == "save":
        return render(request, "answers/index.html", replace(page, submitted=True), status=422)
    return render(request, "answers/index.html", replace(page, focus=_new_field(button, draft)))


async def check(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/answers/preview?role=: problems and preview of the form as HTML, not saved."""
    bin, role = await _place(request)
    form = await read_form(request, most=MOST_FIELDS, size=MAX_BYTES)
    page = await _page(request, bin, role, read_draft(form), form.get("with"))
    return render(request, "answers/_checked.html", page)


async def _try_to_save(request: web.Request, bin: Bin, role: Role, draft: RoleAnswersDraft, seen: str) -> bool:
    """False when a field is wrong, or when there are warnings that the user has not seen."""
    try:
        chosen = draft.settle()
        if seen != _seen_key(_warnings(remarks_of(chosen, role, bin.provider))):
            return False
        await request.app[keys.ANSWERS].set(bin.id, role, chosen)
    except Invalid:
        return False
    return True


async def _place(request: web.Request) -> tuple[Bin, Role]:
    return await request.app[keys.STORE].get_bin(request.match_info["bin"]), role_named(request.query.get("role"))


async def _page(request: web.Request, bin: Bin, role: Role, draft: RoleAnswersDraft, wanted: str | None) -> AnswersPage:
    answers = request.app[keys.ANSWERS]
    samples = await _samples(request.app[keys.STORE], bin, role, wanted)
    sample = _sample(samples, wanted)
    chosen, problems = _settled(draft)
    remarks = remarks_of(chosen, role, bin.provider) if chosen else ()
    preview = None
    if chosen and not problems:
        preview = await _preview(request, bin, role, chosen, sample)
    masking = masking_of(request, bin.id)
    return AnswersPage(
        bin=bin,
        role=role,
        here=_here(request, bin, role),
        draft=draft,
        presets=presets_for(role, bin.provider),
        is_set=answers.is_set(bin.id, role),
        changed=chosen != answers.of(bin.id, role),
        samples=masking.rows(samples),
        sample=sample,
        preview=None if preview is None else replace(preview, answer=masking.answer(preview.answer)),
        problems=problems,
        warnings=_warnings(remarks),
        notes=notes_of(chosen, problems, remarks),
        marked=[one for one in Role if answers.is_set(bin.id, one)],
    )


def _warnings(remarks: Sequence[Remark]) -> Sequence[tuple[str, str]]:
    return [(remark.field, remark.text) for remark in remarks]


def _seen_key(warnings: Sequence[tuple[str, str]]) -> str:
    """A key for the warnings that a form has shown; empty for none."""
    return sha256(repr(warnings).encode()).hexdigest()[:16] if warnings else ""


def _settled(draft: RoleAnswersDraft) -> tuple[RoleAnswers | None, Mapping[str, str]]:
    """The answers that were typed (None: not even numbers), and the problems by field."""
    try:
        chosen = draft.settle()
    except Invalid as error:
        return None, dict(error.problems)
    return chosen, dict(check_answers(chosen))


async def _samples(store: Store, bin: Bin, role: Role, wanted: str | None) -> Sequence[CaptureRow]:
    """The newest captures of a role, after the wanted one when that is not among them."""
    rows = await store.list_captures(bin.id, limit=SAMPLES, query=parse_query(f"role:{role.value}"))
    n = _number(wanted)
    if n and n not in [row.n for row in rows]:
        rows = [*await store.list_captures(bin.id, limit=1, after=n - 1), *rows]
    return rows


def _sample(samples: Sequence[CaptureRow], wanted: str | None) -> int:
    """The number of the wanted capture, else of the newest, else 0."""
    n = _number(wanted)
    if n is None or (n and n not in [row.n for row in samples]):
        return samples[0].n if samples else 0
    return n


async def _preview(request: web.Request, bin: Bin, role: Role, answers: RoleAnswers, n: int) -> AnswerPreview:
    store, custom = request.app[keys.STORE], request.app[keys.MAPPINGS].reader_of(bin.id)
    raw, reading = _invented(role)
    try:
        if n:
            raw = (await store.get_capture(bin.id, n)).raw
            # As it was read when it came in: the list keeps less of it than a rule may ask for.
            reading = await work_on([raw], recognise, raw, role, bin.provider, custom)
    except NotFound:
        n = 0  # it was deleted just now

    def preview() -> AnswerPreview:
        rule = matching_rule(answers, role, raw, reading)
        answer = answers.answer if rule is None else answers.rules[rule].answer
        return AnswerPreview(rule=rule, answer=render_answer(answer, values_of(reading, n or 1042)))

    return await work_on([raw], preview)


def _invented(role: Role) -> tuple[RawRequest, Reading]:
    raw = RawRequest(
        method="POST", target="/", http_version="1.1", body=b"", body_complete=True, peer="192.0.2.1",
        received_at=clock.now(),
    )  # fmt: skip
    reading = Reading(
        kind=Kind.STATUS if role is Role.STATUS else Kind.INBOUND,
        message_id="85f46c00-e789-11f1-9c1a-0a58a9feac02",
        sender="+17145550163",
        recipient="+19495550142",
        text="Is the 3pm slot still open?",
    )
    return raw, reading


def _press(draft: RoleAnswersDraft, button: str, bin: Bin, role: Role) -> RoleAnswersDraft:
    what, _, name = button.partition(":")
    if what == "preset":
        for preset in presets_for(role, bin.provider):
            if preset.name == name:
                return replace(draft, answer=draft_answer(preset.answer))
    return draft.press(button)


def _new_field(button: str, draft: RoleAnswersDraft) -> str:
    """The field that a button has added, to set the focus to."""
    if button == "add:rules":
        return f"rules.{len(draft.rules) - 1}.match"
    if button.startswith("add:") and button.endswith("headers"):
        prefix = button[4:].removesuffix("headers")
        owner = next(
            (rule.answer for index, rule in enumerate(draft.rules) if rule_prefix(index) == prefix), draft.answer
        )
        return f"{prefix}headers.{len(owner.headers) - 1}.name"
    return ""


def _number(text: str | None) -> int | None:
    try:
        return number({"with": text} if text else {}, "with", lowest=0, highest=HIGHEST)
    except Invalid:
        return None


def _here(request: web.Request, bin: Bin, role: Role) -> str:
    return f"{server_address(request).base}/bins/{bin.id}/answers?role={role.value}"


def _saved(request: web.Request, bin: Bin, role: Role) -> web.Response:
    return web.Response(status=303, headers={"Location": _here(request, bin, role) + "&saved"})

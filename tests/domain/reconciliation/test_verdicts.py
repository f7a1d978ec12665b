"""Every code has its words, and no code is both lost and not counted."""

from app.domain.reconciliation.verdicts import (
    LOST,
    NOT_COUNTED,
    REASON_WORDS,
    VERDICT_WORDS,
    RecordReason,
    RecordVerdict,
)


def test_every_verdict_and_reason_has_words_in_its_order() -> None:
    assert list(VERDICT_WORDS) == list(RecordVerdict)
    assert list(REASON_WORDS) == list(RecordReason)
    for words in (*VERDICT_WORDS.values(), *REASON_WORDS.values()):
        assert words.title
        assert words.meaning.endswith(".")
        assert words.cure.endswith(".") or words is VERDICT_WORDS[RecordVerdict.SEEN]


def test_lost_and_not_counted_exclude_each_other() -> None:
    assert not set(LOST) & set(NOT_COUNTED)

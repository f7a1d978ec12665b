"""Each verdict has its word, and only a right signature is green."""

from app.domain.signatures import SignatureVerdict
from app.web.words.signatures import VERDICTS


def test_each_verdict_has_a_word_of_its_own() -> None:
    assert VERDICTS.keys() == set(SignatureVerdict)
    assert len({look.word for look in VERDICTS.values()}) == len(VERDICTS)
    assert [verdict for verdict, look in VERDICTS.items() if look.tone == "ok"] == [SignatureVerdict.VALID]

"""The words of a verdict are those of the API."""

from app.domain.signatures import Judgement, SignatureVerdict


def test_the_words_are_those_that_the_api_promises() -> None:
    words = "valid valid_as wrong_secret_or_changed stale unsigned not_signed_by_provider cannot_say"
    assert [verdict.value for verdict in SignatureVerdict] == words.split()


def test_a_verdict_alone_names_no_scheme_and_no_secret() -> None:
    judgement = Judgement(verdict=SignatureVerdict.UNSIGNED)
    assert (judgement.scheme, judgement.variant, judgement.secret, judgement.causes) == (None, None, None, ())

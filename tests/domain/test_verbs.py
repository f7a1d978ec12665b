"""XML elements that a provider acts on, in its case or in any."""

from app.domain.verbs import Verbs


def test_case_counts_only_where_the_provider_reads_it_so() -> None:
    exact, lenient = Verbs(known=frozenset({"Message"})), Verbs(known=frozenset({"Sms"}), exact=False)
    assert (exact.knows("Message"), exact.knows("message"), exact.knows("Sms")) == (True, False, False)
    assert (lenient.knows("SMS"), lenient.knows("Message")) == (True, False)

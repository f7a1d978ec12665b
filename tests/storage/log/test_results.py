"""The messages of the log process to the server."""

from app.storage.log import results


def test_the_results_of_a_batch_arrive_with_positions_and_the_state_of_the_file() -> None:
    sent = results.Results(
        [
            results.Result(value=7),
            results.Result("conflict", "The key is taken."),
            results.Result(value=3, next=2, refused=1),
        ],
        [results.LogPosition(1, 2, 3, 4, 5, 6)],
        results.LogFileStatus(4_096, "the disk is full", held=True),
    )
    assert results.decode_results(results.encode(sent)) == sent


def test_the_first_frame_has_either_an_error_or_the_log() -> None:
    for sent in (results.Opened("It is damaged."), results.Opened(None, "log-id", 123)):
        assert results.decode_opened(results.encode(sent)) == sent

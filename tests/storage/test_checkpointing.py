"""An engine without files has nothing to do after commits."""

from app.storage.checkpointing import NoBallast, NoCheckpoints
from app.storage.log.results import LogFileStatus


def test_there_is_nothing_to_truncate_and_no_file_to_report() -> None:
    checkpoints = NoCheckpoints()
    checkpoints.checkpoint_if_due()
    # False would be tried again without an end.
    assert checkpoints.truncate() is True
    assert checkpoints.condition == LogFileStatus()


def test_no_space_can_be_released_and_none_is_missing() -> None:
    ballast = NoBallast()
    # True would make the appender try again without an end.
    assert ballast.release() is False
    assert ballast.is_released is False
    assert ballast.restore() is True

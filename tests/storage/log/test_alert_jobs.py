"""The jobs of alerts; `test_jobs.py` sends each of them, `test_alerts.py` has what they change."""

from typing import get_args

from app.storage.log import alert_jobs, jobs
from app.storage.log.job import Job


def test_all_of_them_can_be_sent_and_deleting_one_frees_space() -> None:
    kinds = {kind for kind in vars(alert_jobs).values() if isinstance(kind, type) and issubclass(kind, Job)} - {Job}
    assert kinds <= set(get_args(jobs.AnyJob))
    assert kinds & set(jobs.DELETES) == {alert_jobs.DropAlert}

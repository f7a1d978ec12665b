"""What is peculiar to the exports of the other providers."""

import pytest

from app.domain.messages.model import Direction
from app.domain.statuses import Status
from tests.records.support import records, sample


@pytest.mark.parametrize(
    ("name", "ids", "direction", "status"),
    [
        ("bandwidth-messages.json", "1764360000000abcdefghijklmn0", Direction.INBOUND, Status.RECEIVED),
        ("clicksend-history.json", "BF7AD270-0DE2-418B-B606-71D527D9C1AE", Direction.OUTBOUND, Status.DELIVERED),
        ("infobip-logs.json", "MSG-1", Direction.OUTBOUND, Status.DELIVERED),
        ("messagebird-messages.json", "e8077d803532c0b5937c639b60216938", Direction.OUTBOUND, Status.DELIVERED),
        ("signalwire-message-logs.json", "c6f7a7f0-2c4b-4c89-9f4e-1a2b3c4d5e6f", Direction.INBOUND, Status.RECEIVED),
        ("sinch-inbounds.json", "01FC66621XXXXX119Z8PMV1QPA", Direction.INBOUND, Status.RECEIVED),
        (
            "sinch-delivery-reports.json", "01FC66621XXXXX119Z8PMV1QPQ:+447700900123", Direction.OUTBOUND,
            Status.DELIVERED,
        ),
        ("vonage-report-sms-inbound.csv", "0B0000000123ABCD1", Direction.INBOUND, Status.RECEIVED),
        ("vonage-report-sms-outbound.csv", "0A0000000123ABCD1", Direction.OUTBOUND, Status.DELIVERED),
        ("ytel-listsms.json", "9d3ed970-ab08-11e8-9936-413fe38766e4", Direction.OUTBOUND, Status.SENT),
    ],
)  # fmt: skip
def test_the_first_row_of_a_sample(name: str, ids: str, direction: Direction, status: Status) -> None:
    row = records(sample(name))[0]
    assert (row.ids[0], row.direction, row.status, row.final) == (ids, direction, status, True)
    assert row.time is not None
    assert row.time.zoned


def test_the_older_form_of_infobip_is_recognised() -> None:
    data = sample("infobip-logs.json").replace(b'"destination"', b'"to"').replace(b'"sender"', b'"from"')
    row = records(data.replace(b'"messageCount"', b'"smsCount"'))[0]
    assert (row.sender, row.recipient, row.segments) == ("InfoSMS", "+447700900123", 1)


def test_the_name_of_an_infobip_status_counts_more_than_its_group() -> None:
    row = records(sample("infobip-logs.json").replace(b"DELIVERED_TO_HANDSET", b"DELIVERED_TO_OPERATOR"))[0]
    assert (row.status, row.final, row.error_code) == (Status.SENT, False, None)


def test_a_signalwire_message_may_have_another_sid_in_its_url() -> None:
    data = sample("signalwire-message-logs.json").replace(b"Messages/c6f7a7f0", b"Messages/d6f7a7f0")
    assert records(data)[0].ids == (
        "d6f7a7f0-2c4b-4c89-9f4e-1a2b3c4d5e6f", "c6f7a7f0-2c4b-4c89-9f4e-1a2b3c4d5e6f"
    )  # fmt: skip


def test_the_csv_of_the_guide_of_signalwire() -> None:
    row = records("From,To,Date,Status,MessageSID\n+1415555,+1212555,2026-11-28 20:00:00 UTC,delivered,abc-1\n")[0]
    assert (row.provider, row.ids, row.direction) == ("signalwire", ("abc-1",), Direction.OUTBOUND)


def test_the_time_of_a_ytel_id_is_that_of_its_row_only_if_they_are_near() -> None:
    assert records(sample("ytel-listsms.json"))[0].time.us == 1_795_896_005_000_000  # type: ignore[union-attr]
    data = sample("ytel-listsms.json").replace(b"2026-11-28 20:00:05", b"2018-08-28 21:23:32")
    assert records(data)[0].time.us == 1_535_491_412_103_000  # type: ignore[union-attr]

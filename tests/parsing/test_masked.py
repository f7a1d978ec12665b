"""A parsed request, masked: the same shape, without any value."""

from app.domain.masking.policy import CREDENTIALS, FULL_MASK, MaskingPolicy
from app.domain.masking.texts import HIDDEN
from app.parsing import every_field, parse
from app.parsing.masked import mask_parsed
from tests.parsing.support import FORM, JSON, XML, request

NUMBER, CODE = "+14155550123", "482913"


def test_all_shapes_are_masked() -> None:
    multipart = f'--b\r\nContent-Disposition: form-data; name="{NUMBER}"\r\n\r\n{CODE}\r\n--b--'
    for body, kind in (
        (f"From=%2B14155550123&Body={CODE}", FORM), (f'{{"{NUMBER}":["{CODE}",{{"n":{CODE}}}]}}', JSON),
        (f'<a n="{CODE}">{NUMBER}<b>{CODE}</b></a>', XML), (multipart, "multipart/form-data; boundary=b"),
    ):  # fmt: skip
        parsed = parse(request(body.encode(), kind, target=f"/k?code={CODE}"))
        shown = mask_parsed(parsed, FULL_MASK)
        assert len(list(every_field(shown))) == len(list(every_field(parsed))) > 1
        for value in (CODE, "4829", "1415555"):
            assert value not in repr(shown)


def test_the_fields_of_a_policy_are_masked_by_their_names() -> None:
    policy = MaskingPolicy(fields=frozenset({"card"}))
    shown = mask_parsed(parse(request(b'{"pay":{"Card":{"n":1}},"b":2,"ok":true,"no":null}', JSON)), policy)
    assert shown.json == {"pay": {"Card": {"n": HIDDEN}}, "b": 2, "ok": True, "no": None}
    assert shown.text is None


def test_without_masks_it_is_the_same_object() -> None:
    parsed = parse(request(b"a=1", FORM))
    assert mask_parsed(parsed, CREDENTIALS) is parsed

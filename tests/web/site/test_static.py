"""What is sent of the static files, and which scripts a page needs."""

from app.web.site.static import load_static
from app.web.site.templates import folder

FOLDER = folder("static")


def test_scripts_are_sent_without_comments_and_indentation_and_lines_keep_their_numbers() -> None:
    files = load_static(FOLDER).files
    for name in ("js/app.js", "js/core/keys.js", "js/live/window.js"):
        written = (FOLDER / name).read_text().splitlines()
        sent = files[name].body.decode().splitlines()
        assert len(sent) == len(written)
        assert [line for line in sent if line.startswith((" ", "\t", "//"))] == []
        assert [line.strip() for line in written if not line.strip().startswith("//")] == [
            line for line, before in zip(sent, written, strict=True) if not before.strip().startswith("//")
        ]


def test_files_of_others_are_sent_as_they_are() -> None:
    files = load_static(FOLDER).files
    for name in ("vendor/swagger-ui/swagger-ui-bundle.js", "css/parts.css"):
        assert files[name].body == (FOLDER / name).read_bytes()


def test_a_script_needs_all_that_it_imports_and_that_these_import() -> None:
    needed = load_static(FOLDER).with_imports(["js/live/list.js"])
    assert {"js/live/list.js", "js/live/window.js", "js/live/ends.js", "js/core/net.js"} <= set(needed)
    assert len(set(needed)) == len(needed)
    assert "js/live/faults.js" not in load_static(FOLDER).with_imports(["js/live/live.js"])

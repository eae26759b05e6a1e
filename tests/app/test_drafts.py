"""Files handed in are looked over before anything is stored."""

from __future__ import annotations

from pathlib import Path

from page.drafts import Drafts, Handed, Upload, draft, each_once, write

_TEXT = "# 退货\n\n退货要在7天内寄出。运费由买家承担。\n".encode()


def _draft(name: str, content: bytes, corpus: Path) -> Handed:
    return draft(Upload(name, content), corpus, platform="小红书", folder="imported")


def test_a_preview_shows_the_passages_and_stores_nothing(tmp_path: Path) -> None:
    handed = _draft("退货.md", _TEXT, tmp_path)
    (found,) = handed.drafts
    assert found.path == "imported/退货.md"
    assert [chunk.text for chunk in found.chunks] == ["退货要在7天内寄出。运费由买家承担。"]
    assert list(tmp_path.iterdir()) == []


def test_what_was_shown_is_what_is_written(tmp_path: Path) -> None:
    handed = _draft("退货.md", _TEXT, tmp_path)
    assert write([handed], tmp_path) == ["imported/退货.md"]
    assert (tmp_path / "imported" / "退货.md").read_bytes() == handed.drafts[0].raw
    assert not _draft("退货.md", _TEXT, tmp_path).drafts[0].replaces
    assert _draft("退货.md", _TEXT + "再加一句。".encode(), tmp_path).drafts[0].replaces


def test_a_file_with_front_matter_goes_in_as_it_is(tmp_path: Path) -> None:
    raw = "---\ntitle: 退货\nplatform: 亚马逊\n---\n\n退货要在7天内寄出。\n".encode()
    (found,) = _draft("return.md", raw, tmp_path).drafts
    assert found.raw == raw
    assert found.article.platform == "亚马逊"


def test_what_is_wrong_with_a_file_is_said_of_that_file(tmp_path: Path) -> None:
    for name, content, problem in [
        ("空.md", b"", "文件是空的"),
        ("程序.exe", b"MZ", "不支持 .exe"),
        ("乱码.txt", b"\xff\xfe\x00\x41", "不是 UTF-8"),
        ("坏.pdf", b"not a pdf", "读不出内容"),
        ("错.md", b"---\ntitle: x\n---\n\ntext\n", "platform"),
    ]:
        handed = _draft(name, content, tmp_path)
        assert handed.name == name
        assert not handed.drafts
        assert problem in handed.problem
        assert "/tmp" not in handed.problem


def test_two_files_that_would_become_one_article_are_told_apart_at_the_second(
    tmp_path: Path,
) -> None:
    first = _draft("退货.md", _TEXT, tmp_path)
    second = _draft("别处/退货.txt", _TEXT + "再加一句。".encode(), tmp_path)
    other = _draft("换货.md", "# 换货\n\n可以换货。\n".encode(), tmp_path)
    assert [draft.path for draft in second.drafts] == ["imported/退货.md"]
    handed = each_once([first, second, other])
    assert [one.problem for one in handed[::2]] == ["", ""]
    assert "退货.md 都要存为 imported/退货.md" in handed[1].problem
    assert write(handed, tmp_path) == ["imported/退货.md", "imported/换货.md"]
    assert (tmp_path / "imported" / "退货.md").read_bytes() == first.drafts[0].raw


def test_a_name_longer_than_this_system_takes_is_cut(tmp_path: Path) -> None:
    (found,) = _draft(f"{'长' * 200}.txt", _TEXT, tmp_path).drafts
    assert len(found.path.encode()) < 255
    assert write([Handed("长", (found,))], tmp_path) == [found.path]


def test_a_name_that_points_elsewhere_is_only_a_name(tmp_path: Path) -> None:
    handed = _draft("../../etc/退货.md", _TEXT, tmp_path / "corpus")
    assert handed.name == "退货.md"
    assert handed.drafts[0].path == "imported/退货.md"


def test_a_preview_is_taken_once_and_old_ones_are_forgotten(tmp_path: Path) -> None:
    drafts = Drafts()
    handed = _draft("退货.md", _TEXT, tmp_path)
    token = drafts.keep([handed])
    assert drafts.take(token) == (handed,)
    assert drafts.take(token) is None
    oldest = drafts.keep([handed])
    for _ in range(20):
        drafts.keep([handed])
    assert drafts.take(oldest) is None

"""Article files: what is accepted, and what is said about those that are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.articles import Article, article_paths, read_corpus
from ingest.errors import ArticleError, CorpusError
from tests.fakes import write_article

FRONT = "---\ntitle: 标题\nplatform: 小红书\n{more}---\n\n{body}\n"
NFC, NFD = "caf\u00e9", "cafe\u0301"


def read_one(tmp_path: Path, content: str | bytes, name: str = "bad.md") -> ArticleError:
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / name).write_bytes(raw)
    write_article(tmp_path, "good", "好的正文。")
    read = list(read_corpus(tmp_path))
    assert [entry.id for entry in read if isinstance(entry, Article)] == ["good"]
    (problem,) = [entry for entry in read if isinstance(entry, ArticleError)]
    return problem


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ("titel: 错\n", "titel", "不认识的字段"),
        ("source: {link: x}\n", "source.link", "不认识的字段"),
        ("published: 很久以前\n", "published", "2021-10"),
        ("published: 2021-13\n", "published", "没有这一天"),
        ("published: 2021-02-30\n", "published", "没有这一天"),
        ("published: 2021-1-5\n", "published", ""),
        ("published: true\n", "published", ""),
        ("effective_from: 十月\n", "effective_from", "应为日期"),
        ("effective_from: 2021-02-30\n", "effective_from", "应为日期"),
        ("effective_from: 2021-02-03 10:00:00\n", "effective_from", "应为日期"),
        ("effective_from: 2022-01-01\neffective_to: 2021-01-01\n", "effective_to", "早于"),
        ("questions: [怎么结算]\n", "questions", "对照表"),
        ("questions: {甲: 怎么结算}\n", "questions.甲", "列表"),
        ("questions: {没有的标题: [怎么结算]}\n", "questions", "没有的标题"),
        ("source: 亿邦\n", "source", ""),
        ("title: 又一个\n", "front matter", "写了两次"),
        ("x: [1, 2\n", "front matter", "YAML 写法有误"),
        ("x: &a [*a]\n", "front matter", "自己包含自己"),
        ('published: "\\ud800"\n', "front matter", "半个字符"),
        ("? [1, 2]\n: x\n", "front matter", "YAML 写法有误"),
        ("1: x\n", "1", ""),
    ],
)
def test_a_bad_field_is_named_with_its_file_and_the_others_still_go_in(
    tmp_path: Path, more: str, field: str, said: str
) -> None:
    problem = read_one(tmp_path, FRONT.format(more=more, body="## 甲\n\n正文。"))
    assert (problem.path, problem.field) == ("bad.md", field)
    assert said in problem.problem
    assert str(problem).startswith(f"bad.md：{field}：")


@pytest.mark.parametrize("missing", ["title", "platform"])
def test_a_missing_or_empty_title_or_platform_is_named(tmp_path: Path, missing: str) -> None:
    other = "platform" if missing == "title" else "title"
    for line in ("", f"{missing}: ''\n", f"{missing}: '  '\n", f"{missing}: null\n"):
        problem = read_one(tmp_path, f"---\n{other}: 甲\n{line}---\n\n正文。\n")
        assert problem.field == missing


@pytest.mark.parametrize("body", ["", "\n\n \t\n", "# 只有标题", "## 甲\n\n### 乙\n"])
def test_an_article_that_says_nothing_is_refused(tmp_path: Path, body: str) -> None:
    problem = read_one(tmp_path, FRONT.format(more="", body=body))
    assert problem.field == "正文" and "没有内容" in problem.problem


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("没有说明的正文。", "front matter"),
        ("", "front matter"),
        ("---\ntitle: 没有写完", "front matter"),
        ("---\n- 列表\n---\n正文。", "front matter"),
        ("---\n只有一句话\n---\n正文。", "front matter"),
        ("---\n---\n正文。", "front matter"),
        (FRONT.format(more="", body="半\0截"), "正文"),
        (FRONT.format(more="", body="正文。").encode("gb18030"), "编码"),
        (b"\xff\xfe\x00\x01", "编码"),
        (FRONT.format(more="", body="正文。").encode()[:-2], "编码"),
    ],
)
def test_a_broken_or_half_written_file_is_named(
    tmp_path: Path, content: str | bytes, field: str
) -> None:
    assert read_one(tmp_path, content).field == field


def test_ids_that_differ_in_case_only_are_one_id(tmp_path: Path) -> None:
    write_article(tmp_path, "A/Fees", "甲。")
    if (tmp_path / "a").exists():
        pytest.skip("this file system does not tell the two apart either")
    write_article(tmp_path, "a/fees", "乙。")
    _, second = read_corpus(tmp_path)
    assert isinstance(second, ArticleError)
    assert (second.path, second.field) == ("a/fees.md", "id") and "A/Fees.md" in second.problem


def test_ids_that_differ_in_unicode_form_only_are_one_id(tmp_path: Path) -> None:
    write_article(tmp_path, NFC, "甲。")
    write_article(tmp_path, NFD, "乙。")
    if len(article_paths(tmp_path)) == 1:
        pytest.skip("this file system does not tell the two apart either")
    read = list(read_corpus(tmp_path))
    assert sum(isinstance(entry, ArticleError) and entry.field == "id" for entry in read) == 1
    (kept,) = [entry for entry in read if isinstance(entry, Article)]
    assert kept.id == NFC


def test_a_file_name_that_is_not_utf8_is_reported_and_the_others_go_in(tmp_path: Path) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md"))).write_text("x", encoding="utf-8")
    except OSError:
        pytest.skip("this file system refuses such names itself")
    write_article(tmp_path, "good", "正文。")
    read = list(read_corpus(tmp_path))
    (problem,) = [entry for entry in read if isinstance(entry, ArticleError)]
    assert problem.field == "文件名"
    str(problem).encode("utf-8")
    assert len(read) == 2


def test_the_text_is_the_body_as_it_stands(tmp_path: Path) -> None:
    body = "\r\n## 甲\r\n\r\n正文\t有  空格。  \r\n\r\n\r\n"
    raw = f"---\r\ntitle: 标题\r\nplatform: 小红书\r\n---\r\n{body}"
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf" + raw.encode())
    (article,) = read_corpus(tmp_path)
    assert isinstance(article, Article)
    assert article.text == body


def test_a_day_a_month_or_a_year_says_when_it_was_published(tmp_path: Path) -> None:
    for number, written in enumerate(["2021", "2021-10", "2021-10-31", "'2021'"]):
        write_article(tmp_path, f"a{number}", "正文。")
        path = tmp_path / f"a{number}.md"
        path.write_text(
            path.read_text(encoding="utf-8").replace("---\n\n", f"published: {written}\n---\n\n"),
            encoding="utf-8",
        )
    read = [entry for entry in read_corpus(tmp_path) if isinstance(entry, Article)]
    assert [article.published for article in read] == ["2021", "2021-10", "2021-10-31", "2021"]


def test_a_rule_line_inside_the_body_does_not_end_the_front_matter(tmp_path: Path) -> None:
    write_article(tmp_path, "a", "上。\n\n---\n\n下。")
    (article,) = read_corpus(tmp_path)
    assert isinstance(article, Article)
    assert "上。" in article.text and "下。" in article.text


def test_hidden_files_and_folders_and_other_formats_are_left_alone(tmp_path: Path) -> None:
    for name in (".hidden", ".git/a", "sub/.b"):
        write_article(tmp_path, name, "不该读到。")
    (tmp_path / "notes.txt").write_text("不是文章", encoding="utf-8")
    (tmp_path / "platforms.yaml").write_text("platforms: {}", encoding="utf-8")
    write_article(tmp_path, "sub/c", "正文。")
    (article,) = read_corpus(tmp_path)
    assert isinstance(article, Article) and article.id == "sub/c"


def test_a_missing_corpus_folder_says_which_setting_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="ZHANGGUI_CORPUS_DIR"):
        list(read_corpus(tmp_path / "nowhere"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file and folder")
def test_an_unreadable_folder_stops_the_reading_instead_of_looking_empty(tmp_path: Path) -> None:
    write_article(tmp_path, "sub/a", "正文。")
    (tmp_path / "sub").chmod(0)
    try:
        with pytest.raises(CorpusError, match="sub"):
            list(read_corpus(tmp_path))
    finally:
        (tmp_path / "sub").chmod(0o755)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    write_article(tmp_path, "good", "正文。")
    # Root may read every ordinary file; this one nobody can.
    (tmp_path / "bad.md").symlink_to("/proc/self/mem")
    if not (tmp_path / "bad.md").exists():
        pytest.skip("no /proc on this platform")
    problem, good = read_corpus(tmp_path)
    assert isinstance(problem, ArticleError) and isinstance(good, Article)
    assert (problem.path, problem.field) == ("bad.md", "文件")


def test_links_to_nowhere_and_folders_named_like_articles_are_passed_over(tmp_path: Path) -> None:
    write_article(tmp_path, "good", "正文。")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    (tmp_path / "folder.md").mkdir()
    (article,) = read_corpus(tmp_path)
    assert isinstance(article, Article) and article.id == "good"

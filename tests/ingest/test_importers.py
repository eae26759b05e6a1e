"""Files from elsewhere made into articles."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from ingest.articles import Article, read_corpus
from ingest.errors import ImportFormatError
from ingest.importers import Imported, import_file

BODY = "商家在平台上开店以后，货款按自然月结算，" * 4 + "到账时间以银行为准。"
PAGE = f"""• 某某公众号
    • 下载

知识问答

店铺货款怎么结算?

{BODY}
5714人已学习 4人已赞同

个人怎么开店?

先下载程序。
然后按提示填写资料。
{BODY}第二篇。
484人已学习

商家客服要注意什么?

{BODY}第三篇。
5808人已学习 1人已赞同"""


def imported(file: Path, corpus: Path, **options: bool) -> list[Imported]:
    return import_file(file, corpus, platform="小红书", folder="imported", **options)


def articles(corpus: Path) -> list[Article]:
    read = list(read_corpus(corpus))
    assert all(isinstance(entry, Article) for entry in read), read
    return [entry for entry in read if isinstance(entry, Article)]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pdf_saying(text: str) -> bytes:
    """The smallest PDF with one page and one line of Latin text."""
    stream = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def test_a_page_of_several_articles_is_taken_apart_at_its_counter_lines(tmp_path: Path) -> None:
    done = imported(write(tmp_path / "page.txt", PAGE), tmp_path / "corpus")
    assert [entry.title for entry in done] == [
        "店铺货款怎么结算?",
        "个人怎么开店?",
        "商家客服要注意什么?",
    ]
    found = {article.title: article for article in articles(tmp_path / "corpus")}
    assert found["店铺货款怎么结算?"].text.strip() == BODY
    assert "先下载程序。" in found["个人怎么开店?"].text
    assert all(article.platform == "小红书" for article in found.values())


def test_counter_lines_and_menus_of_a_page_reach_no_article(tmp_path: Path) -> None:
    imported(write(tmp_path / "page.txt", PAGE), tmp_path / "corpus")
    for article in articles(tmp_path / "corpus"):
        for noise in ("人已学习", "人已赞同", "公众号", "知识问答"):
            assert noise not in article.text + article.title


def test_the_article_says_which_file_it_came_from(tmp_path: Path) -> None:
    imported(write(tmp_path / "page.txt", PAGE), tmp_path / "corpus")
    assert {article.source.publisher for article in articles(tmp_path / "corpus")} == {"page.txt"}


@pytest.mark.parametrize(
    ("name", "content", "title", "said"),
    [
        ("a.md", "# 结算说明\n\n## 周期\n\n自然月。", "结算说明", "自然月。"),
        ("a.md", "没有标题的正文。", "a", "没有标题的正文。"),
        ("a.txt", "结算说明\n\n一个自然月。", "结算说明", "一个自然月。"),
        ("a.txt", "只有一行正文。", "a", "只有一行正文。"),
        ("a.TXT", "\ufeff结算说明\n\n一个自然月。", "结算说明", "一个自然月。"),
        (
            "a.html",
            "<html><head><meta charset='utf-8'></head><body><h1>结算说明</h1><p>一个自然月。</p>"
            "<ul><li>甲</li></ul><script>alert(1)</script></body></html>",
            "结算说明",
            "一个自然月。",
        ),
        ("a.pdf", pdf_saying("Settled once a month."), "a", "Settled once a month."),
    ],
)
def test_each_format_becomes_an_article(
    tmp_path: Path, name: str, content: str | bytes, title: str, said: str
) -> None:
    (done,) = imported(write(tmp_path / name, content), tmp_path / "corpus")
    assert (done.title, done.written) == (title, True)
    (article,) = articles(tmp_path / "corpus")
    assert article.title == title and said in article.text
    assert "alert" not in article.text


def test_a_word_file_becomes_an_article(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("结算说明", level=1)
    document.add_paragraph("一个自然月结一次。")
    document.add_paragraph("第一项", style="List Bullet")
    document.save(str(tmp_path / "a.docx"))
    (done,) = imported(tmp_path / "a.docx", tmp_path / "corpus")
    (article,) = articles(tmp_path / "corpus")
    assert done.title == "结算说明"
    assert "一个自然月结一次。" in article.text and "第一项" in article.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.4 cut off", "a.pdf"),
        ("a.pdf", b"\x00\x01 no pdf at all", "a.pdf"),
        ("a.docx", b"PK\x03\x04 cut off", "a.docx"),
        ("a.docx", "其实是文本".encode(), "a.docx"),
        ("a.txt", b"", "空的"),
        ("a.pdf", b"", "空的"),
        ("a.md", b" \n\t\n", "没有文字"),
        ("a.html", b"<html><body></body></html>", "没有文字"),
        ("a.md", b"# \xe6\xa0\x87\xe9\xa2\x98\n\n", "没有内容"),
        ("a.txt", "结算".encode("gb18030"), "UTF-8"),
        ("a.txt", "标题\n正\0文。".encode(), "NUL"),
        ("a.xlsx", b"x", "不支持 .xlsx"),
        ("a", b"x", "没有扩展名"),
        ("a.md", "---\ntitle: 甲\nplatform: 乙\n---\n正文。".encode(), "front matter"),
        ("a.txt", "5714人已学习 4人已赞同\n".encode(), "标题和正文"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_written(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(ImportFormatError, match=name) as raised:
        imported(write(tmp_path / name, content), tmp_path / "corpus")
    assert said in str(raised.value) and "\n" not in str(raised.value)
    assert not (tmp_path / "corpus").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportFormatError, match=r"nowhere\.txt"):
        imported(tmp_path / "nowhere.txt", tmp_path / "corpus")


def test_an_article_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (first,) = imported(write(tmp_path / "a.txt", "结算说明\n\n一个自然月。"), corpus)
    before = first.path.read_bytes()
    (again,) = imported(tmp_path / "a.txt", corpus)
    assert not again.written
    write(tmp_path / "a.txt", "结算说明\n\n半个月。")
    with pytest.raises(ImportFormatError, match="--overwrite"):
        imported(tmp_path / "a.txt", corpus)
    assert first.path.read_bytes() == before
    (replaced,) = imported(tmp_path / "a.txt", corpus, overwrite=True)
    assert replaced.written and "半个月。" in first.path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "title",
    [
        "../../../escape",
        "/etc/passwd",
        "..",
        "a\\..\\b",
        "C:\\x",
        "名" * 59,
        "?*|",
        "-",
        "a: 'b' #c",
    ],
)
def test_a_title_never_leads_out_of_the_folder(tmp_path: Path, title: str) -> None:
    corpus = tmp_path / "corpus"
    (done,) = imported(write(tmp_path / "in.txt", f"{title}\n\n{BODY}"), corpus)
    assert done.path.parent == corpus / "imported"
    assert [article.title for article in articles(corpus)] == [title]
    assert {path.name for path in tmp_path.iterdir()} == {"in.txt", "corpus"}


def test_a_folder_outside_the_corpus_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "标题\n\n正文。")
    for folder in ("../elsewhere", str(tmp_path / "elsewhere")):
        with pytest.raises(ImportFormatError, match="elsewhere"):
            import_file(file, tmp_path / "corpus", platform="小红书", folder=folder)
    assert not (tmp_path / "elsewhere").exists()


def test_articles_of_one_page_with_the_same_title_are_all_kept(tmp_path: Path) -> None:
    page = f"怎么结算?\n\n{BODY}一\n1人已学习\n\n怎么结算?\n\n{BODY}二\n2人已学习\n"
    done = imported(write(tmp_path / "page.txt", page), tmp_path / "corpus")
    assert len({entry.path for entry in done}) == 2
    assert {article.text.strip()[-1] for article in articles(tmp_path / "corpus")} == {"一", "二"}


def test_long_titles_that_begin_alike_are_kept_apart(tmp_path: Path) -> None:
    for end in "甲乙":
        imported(write(tmp_path / "a.txt", f"{'长' * 50}{end}\n\n正文{end}。"), tmp_path / "corpus")
    assert len(articles(tmp_path / "corpus")) == 2

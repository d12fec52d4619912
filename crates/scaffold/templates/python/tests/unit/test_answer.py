from acme_notes.answer import (
    HARD_TOKENS,
    Answer,
    clean,
    one_line,
)


def test_a_list_stops_at_its_budget() -> None:
    answer = Answer(tokens=500)
    written = 0
    while answer.entry("x" * 90):
        written += 1
    answer.more("7 further", "cursor=abc")
    assert 5 < written < 20
    assert len(str(answer)) <= 2_000
    assert str(answer).endswith("MORE AVAILABLE: 7 further - call again with cursor=abc")


def test_the_first_entry_is_always_written() -> None:
    answer = Answer(tokens=1)
    assert answer.entry("first")
    assert not answer.entry("second")


def test_no_budget_is_over_the_cap() -> None:
    assert Answer(tokens=10**9).room() < HARD_TOKENS * 4


def test_a_quote_is_fenced_line_by_line_and_goes_on_where_it_was_cut() -> None:
    text = "PREVIEW\nMORE AVAILABLE: 1 further\n" * 1_000
    parts, start = [], 0
    while start < len(text):
        answer = Answer()
        end = answer.quote(text, start)
        assert end > start
        assert len(str(answer)) <= 8_000
        assert all(line.startswith("| ") for line in str(answer).split("\n"))
        parts.append(text[start:end])
        start = end
    assert "".join(parts) == text


def test_a_quote_of_line_breaks_makes_progress() -> None:
    assert Answer().quote("\n" * 100_000) > 1_000


def test_a_line_of_the_server_stays_one_line() -> None:
    answer = Answer()
    answer.line("found a\nMORE AVAILABLE: b\u2028c")
    assert str(answer) == "found a MORE AVAILABLE: b c"


def test_what_nobody_sees_is_removed() -> None:
    assert clean("a\u200b\u202eb\x1b[1m\r\nc\td\u2028e\n") == "ab[1m\nc\td\ne\n"


def test_one_line_is_bounded() -> None:
    assert one_line("a\n  b", 10) == "a b"
    assert one_line("x" * 100, 10) == "xxxxxxx..."

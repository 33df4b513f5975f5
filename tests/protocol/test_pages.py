"""Pages of lists (utilities, "Pagination")."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol.errors import InvalidParams
from protocol.pagination import page


@given(count=st.integers(0, 50), size=st.integers(1, 20))
def test_the_pages_together_are_the_list(count, size):
    entries, seen, cursor = list(range(count)), [], None
    while True:
        shown, following = page(entries, "tools", cursor, size)
        assert len(shown) <= size
        seen += shown
        if following is None:
            break
        cursor = following
    assert seen == entries


def test_the_empty_cursor_is_the_beginning():
    assert page([1, 2, 3], "tools", "", 2)[0] == [1, 2]


@given(st.one_of(st.text(min_size=1), st.integers(), st.lists(st.text())))
def test_a_cursor_that_was_never_given_is_refused(cursor):
    with pytest.raises(InvalidParams):
        page([1, 2, 3], "tools", cursor, 2)


def test_a_cursor_of_another_list_is_refused():
    _shown, cursor = page([1, 2, 3], "tools", None, 2)
    with pytest.raises(InvalidParams):
        page([1, 2, 3], "resources", cursor, 2)

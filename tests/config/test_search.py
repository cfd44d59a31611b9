"""What a stored text can be found by, and what typed words ask for."""

from __future__ import annotations

import pytest

from config.kit.search import TOKEN_LENGTH, query_tokens, tokens


def finds(words: str, *texts: str) -> bool:
    wanted = query_tokens(words)
    return bool(wanted) and set(wanted) <= set(tokens(*texts))


@pytest.mark.parametrize(
    "words",
    [
        "王",
        "小明",
        "王小",
        "王小明",
        "wang",
        "xiaoming",
        "wangxiaoming",
        "xm",
        "wxm",
        "WXM",
        "wang xiao ming",
        "小明 wang",
    ],
)
def test_chinese_name_is_found_by_characters_pinyin_and_initials(words: str) -> None:
    assert finds(words, "王小明")


@pytest.mark.parametrize("words", ["王明", "明小", "李", "xw", "wangming", "小红", "小明 李"])
def test_chinese_name_is_not_found_by_what_it_does_not_hold(words: str) -> None:
    assert not finds(words, "王小明")


def test_surname_is_found_in_each_of_its_readings() -> None:
    assert [finds(words, "单晶") for words in ("shanjing", "danjing", "sj")] == [True, True, True]


@pytest.mark.parametrize("words", ["龙井", "茶叶 250g", "250", "longjing", "lj", "Tea-House", "teahouse", "tea", "hou"])
def test_product_title_is_found_by_its_words(words: str) -> None:
    assert finds(words, "明前龙井茶叶 250g Tea-House")


@pytest.mark.parametrize("words", ["SKU-1234-AB", "sku1234ab", "1234", "sku-1234", "SKU－1234"])
def test_code_is_found_whole_in_parts_and_without_joints(words: str) -> None:
    assert finds(words, "SKU-1234-AB")


@pytest.mark.parametrize("words", ["13800138000", "+86 138-0013-8000", "138 0013 8000", "8000", "00138000"])
def test_phone_is_found_as_people_type_it_and_by_its_tail(words: str) -> None:
    assert finds(words, "+8613800138000")


def test_phone_is_not_found_by_its_beginning_or_by_three_figures() -> None:
    assert [finds("1380013", "+8613800138000"), finds("000", "+8613800138000")] == [False, False]


@pytest.mark.parametrize("words", ["", "  ", "!?", "。，"])
def test_nothing_to_look_for_asks_for_nothing(words: str) -> None:
    assert (query_tokens(words), tokens(words)) == ([], [])


def test_tokens_fit_the_column_and_long_words_are_still_found() -> None:
    word = "x" * 300
    assert max(len(token) for token in tokens(word, "龙" * 300)) <= TOKEN_LENGTH
    assert finds(word, word)


def test_character_without_a_reading_hides_neither_itself_nor_its_neighbour() -> None:
    assert [finds("𠮷田", "𠮷田"), finds("田", "𠮷田")] == [True, True]

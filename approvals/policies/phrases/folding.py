"""Text as it is searched: levelled, so that two spellings of one phrase read the same.

Phrases are searched in *folded* text, of which only letters and figures are left; patterns in *levelled* text, where
full-width is half-width and everything that can be seen stays. Both know where each character came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from approvals.policies.texts import LOOK_ALIKES

INVISIBLE, LIGHT, SENTENCE = "invisible", "light", "sentence"
"""What a character between two others may be: nothing that anybody sees, a separator, or the end of a part of a sentence."""

FIGURES = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖两", "00123456789123456789" + "2", strict=True))
_SENTENCE_MARKS = frozenset(",。、;:!?,.;:!?/\n\r…")

# Traditional → simplified for what advertising phrases are written with; other characters stay as they are.
_SIMPLIFIED = str.maketrans(
    "價級國頂極獨絕對銷銀業質優選無與倫領導榮譽駝馳證認專門醫療癒藥減輕壓壽煙壇癌殺預騙賺錢貨進購產應廠標幣"
    "號碼電話會員內機密帳戶開發緻創見聞歷復義節線際類檢測療養護膚鬆緊張斷傷貴賓寶殿華豐熱點擊萬億個們從來傳眾優惠"
    "禮贈獎賭權威顯著達實驗環潔淨滅腫瘤濟總協協廣傑聖將軍終補虧賠單雙當網銷檔庫週際盡趕緊搶購後絲襪賣買斤鬧滿親",
    "价级国顶极独绝对销银业质优选无与伦领导荣誉驼驰证认专门医疗愈药减轻压寿烟坛癌杀预骗赚钱货进购产应厂标币"
    "号码电话会员内机密账户开发致创见闻历复义节线际类检测疗养护肤松紧张断伤贵宾宝殿华丰热点击万亿个们从来传众优惠"
    "礼赠奖赌权威显著达实验环洁净灭肿瘤济总协协广杰圣将军终补亏赔单双当网销档库周际尽赶紧抢购后丝袜卖买斤闹满亲",
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Changed text and, for each of its characters, the position in the original that it comes from."""

    text: str
    positions: list[int]


def fold(text: str) -> str:
    """The text as phrases are searched in it: letters and figures only, levelled. Two spellings of one phrase fold to the same."""
    return folded(text).text


def folded(text: str) -> Folded:
    """Letters and figures only, as `fold`, with their positions."""
    return _mapped(text, fold_character)


def levelled(text: str) -> Folded:
    """For patterns: full-width becomes half-width, invisible characters go, everything else stays."""
    return _mapped(text, _level_character)


@lru_cache(maxsize=16_384)
def fold_character(character: str) -> str:
    """What a character is in folded text: nothing, or one or more letters and figures."""
    plain = unicodedata.normalize("NFKD", character).translate(LOOK_ALIKES).casefold().translate(_SIMPLIFIED)
    return "".join(FIGURES.get(letter, letter) for letter in plain if letter.isalnum())


@lru_cache(maxsize=16_384)
def gap_kind(character: str) -> str:
    """What a character is that stands between two others: `INVISIBLE`, `LIGHT` or `SENTENCE`."""
    if character in _SENTENCE_MARKS:
        return SENTENCE
    return INVISIBLE if unicodedata.category(character) in {"Cf", "Mn", "Me", "Cc"} else LIGHT


def is_latin(character: str) -> bool:
    """Whether it is a letter of words that blanks separate."""
    return character.isascii() and character.isalpha()


@lru_cache(maxsize=16_384)
def _level_character(character: str) -> str:
    if character < "\x7f":  # ASCII stays whole: patterns ask for line ends and tabs too
        return character
    return "" if gap_kind(character) == INVISIBLE else unicodedata.normalize("NFKC", character)


def _mapped(text: str, become: Callable[[str], str]) -> Folded:
    letters: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(text):
        for letter in become(character):
            letters.append(letter)
            positions.append(position)
    return Folded("".join(letters), positions)

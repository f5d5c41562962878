"""What a pair of figures is, and how it is said."""

from __future__ import annotations

import pytest

from satusuara.kernel.i18n import Text
from satusuara.law import load_law
from satusuara.recap.rules import choice_names, compare_pair, compare_sums, compare_tables
from satusuara.recap.sentences import Side, choice_label, difference_sentence, place_label

COLUMNS = ("x", "y", "z")


def figures(*values: int | None) -> dict[str, int | None]:
    return dict(zip(COLUMNS, values, strict=False))


@pytest.mark.parametrize(
    ("a", "b", "outcome", "net", "votes"),
    [
        (figures(1, 2, 3), figures(1, 2, 3), "equal", 0, 0),
        (figures(1, 2, 3), figures(2, 1, 3), "net_zero", 0, 1),
        (figures(9, 0, 0), figures(0, 4, 5), "net_zero", 0, 9),
        (figures(1, 2, 3), figures(1, 2, 4), "net_nonzero", 1, 1),
        (figures(5, 5, 5), figures(9, 3, 3), "net_zero", 0, 4),
        (figures(5, 5, 5), figures(9, 3, 2), "net_nonzero", -1, 5),
        (figures(0, 0, 0), figures(0, 0, None), "not_comparable", 0, 0),
        (figures(0, 0), figures(0, 0, 0), "not_comparable", 0, 0),
    ],
)
def test_a_pair_has_one_of_four_outcomes(a: object, b: object, outcome: str, net: int, votes: int) -> None:
    pair = compare_pair(a, b, COLUMNS)  # type: ignore[arg-type]
    assert (pair.outcome, pair.net, pair.votes) == (outcome, net, votes)


def test_nothing_to_compare_is_not_equal() -> None:
    assert compare_pair({}, {}, ()).outcome == "not_comparable"


def test_a_shift_inside_a_village_vanishes_in_its_sum() -> None:
    a = {"d1": figures(10, 5, 0), "d2": figures(7, 7, 7), "e1": figures(1, 1, 1), "e2": figures(1, None, 1)}
    b = {"d1": figures(12, 3, 0), "d2": figures(5, 9, 7), "e1": figures(1, 2, 1), "e2": figures(1, 1, 1)}
    assert (compare_tables(a, b, COLUMNS).net_zero, compare_tables(a, b, COLUMNS).not_comparable) == (2, 1)
    sums = compare_sums(a, b, COLUMNS, {key: key[0] for key in a})
    assert (sums.both, sums.equal, sums.net_zero, sums.net_nonzero, sums.not_comparable) == (2, 1, 0, 1, 0)


def test_candidates_stand_in_for_their_party_s_total() -> None:
    common = {"4.0", "4.1", "4.T", "9.T", "valid"}
    assert choice_names((), "partai_", common, {*common, "5.1"}) == ("4.0", "4.1", "9.T")
    assert choice_names((), "calon_", {"calon_1", "calon_x"}, {"calon_1", "calon_x"}) == ("calon_1",)
    assert choice_names(("paslon_1",), "paslon_", {"paslon_1", "paslon_9"}, set()) == ("paslon_1",)


LAW = load_law("id-2024")
NAMES = {f"paslon_{n}": choice_label(LAW, "ppwp", f"paslon_{n}") for n in (1, 2, 3)}
SIREKAP, RECAP = Side(Text("Sirekap", "Sirekap")), Side(Text("D.Hasil Kecamatan", "the sub-district recapitulation"))


@pytest.mark.requirement(2, "5", "a shift that keeps the sum is named as such: from whom, to whom, how many")
def test_a_net_zero_shift_is_said_with_from_whom_to_whom() -> None:
    place = place_label(LAW, "tps", "003", "Pattimang")
    said = difference_sentence(place, {"paslon_1": [412, 327], "paslon_2": [877, 962]}, NAMES, SIREKAP, RECAP)
    assert said.id == (
        "TPS 003 Pattimang: paslon 01 tertulis 412 pada Sirekap, 327 pada D.Hasil Kecamatan; "
        "paslon 02 tertulis 877 pada Sirekap, 962 pada D.Hasil Kecamatan; "
        "bergeser 85 suara dari paslon 01 ke paslon 02, jumlah tetap"
    )
    assert said.en.endswith("85 votes moved from candidate 01 to candidate 02, the sum is the same")


def test_other_differences_say_how_much_the_sum_differs() -> None:
    place = place_label(LAW, "desa", "Pattimang", "Malangke")
    forms = Side(SIREKAP.title, summed=True)
    said = difference_sentence(place, {"paslon_1": [1827, 1412]}, NAMES, forms, RECAP)
    assert said.id == (
        "Pattimang (Malangke): paslon 01 berjumlah 1.827 menurut formulir Sirekap, "
        "tertulis 1.412 pada D.Hasil Kecamatan; "
        "jumlah pada D.Hasil Kecamatan lebih sedikit 415 suara"
    )
    assert "1,827" in said.en
    assert "smaller by 415 votes" in said.en


def test_votes_that_go_to_two_name_both() -> None:
    cells = {"paslon_1": [10, 7], "paslon_2": [5, 6], "paslon_3": [0, 2]}
    said = difference_sentence(Text("X", "X"), cells, NAMES, SIREKAP, RECAP)
    assert said.id.endswith("bergeser 3 suara dari paslon 01 ke paslon 02 dan paslon 03, jumlah tetap")


@pytest.mark.parametrize(
    ("contest", "column", "label"),
    [
        ("dprd_kab", "4.2", "partai 4 calon 2"),
        ("dprd_kab", "4.0", "suara partai 4"),
        ("dprd_kab", "4.T", "jumlah partai 4"),
        ("dprd_kab", "partai_4", "partai 04"),
        ("dpd", ".7", "calon 7"),
        ("ppwp", "valid", "valid"),
    ],
)
def test_every_choice_has_a_name(contest: str, column: str, label: str) -> None:
    assert choice_label(LAW, contest, column).id == label

"""One form against the law: blanks, zeros, votes in every shape, and the sentences that say what is written."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.count.rules import FormVerdict, apart, evaluate_form, sentence_of, sort_out
from satusuara.law import load_law
from tests.shared import shared

LAW = load_law("id-2024")
COLUMNS = (*LAW.columns("ppwp"), *LAW.choice_columns("ppwp"))
BALLOT = {"1": ("0", "1", "2"), "4": ("0", "1")}
PATTIMANG = {
    "dpt_l": 124, "dpt_p": 129, "dpt": 253, "dpt_used_l": 101, "dpt_used_p": 108, "dpt_used": 209,
    "dptb_used_l": 0, "dptb_used_p": 1, "dptb_used": 1, "dpk_used_l": 1, "dpk_used_p": 0, "dpk_used": 1,
    "voters_l": 101, "voters_p": 109, "voters": 211, "valid": 108, "invalid": 2, "total": 210,
    "paslon_1": 39, "paslon_2": 160, "paslon_3": 9,
}  # fmt: skip


def said(cells: dict[str, Any], code: str, contest: str = "ppwp", votes: Any = None) -> Any:
    verdict = evaluate_form(LAW, contest, cells, votes)
    return sentence_of(LAW, contest, verdict.outcomes[code], sort_out(LAW, contest, cells, votes))


@pytest.mark.requirement(2, "8", "Pattimang TPS 001 is said as the issue says it, in both languages")
def test_pattimang_001_is_said_with_what_is_written() -> None:
    assert evaluate_form(LAW, "ppwp", PATTIMANG).failures == ("I1.voters", "I2.l", "I5", "I6", "I7")
    assert said(PATTIMANG, "I5").id == (
        "jumlah sah dan tidak sah tertulis 210, pengguna hak pilih tertulis 211 (L+P = 210): selisih 1, "
        "dasar hitung ulang pasal 374(2)h"
    )
    assert said(PATTIMANG, "I5").en == (
        "valid and invalid votes written 210, voters who voted written 211 (men+women = 210): difference 1, "
        "a ground for a recount, article 374(2)h"
    )
    assert said(PATTIMANG, "I6").id == "108 + 2 = 110, tertulis 210"
    assert said(PATTIMANG, "I6").en == "108 + 2 = 110, written 210"
    assert said(PATTIMANG, "I7").id == "39 + 160 + 9 = 208, sah tertulis 108"
    assert said(PATTIMANG, "I7").en == "39 + 160 + 9 = 208, valid written 108"


def test_a_joint_figure_is_not_contradicted_beside_its_own_sum() -> None:
    assert said(PATTIMANG, "I1.voters").id.endswith("101 + 109 = 210, jumlah tertulis 211: selisih 1")


def test_numbers_in_sentences_follow_the_language() -> None:
    form = {"valid": 1234, "invalid": 0, "total": 1}
    assert said(form, "I6").id == "1.234 + 0 = 1.234, tertulis 1"
    assert said(form, "I6").en == "1,234 + 0 = 1,234, written 1"


@pytest.mark.requirement(2, "5", "the single-form evaluator gives the figures of an independent count")
def test_luwu_utara_2024_gives_the_figures_of_an_independent_count() -> None:
    counts: Counter[str] = Counter()
    with shared("data/sirekap2024/luwu_utara_ppwp_tps.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            cells = {name: int(row[name]) if row[name] else None for name in COLUMNS if name in row}
            verdict = evaluate_form(LAW, "ppwp", cells)
            counts["forms"] += 1
            counts["empty"] += verdict.empty
            counts["failing"] += bool(verdict.failures)
            for code, outcome in verdict.outcomes.items():
                counts[f"{code} failed"] += not outcome.holds
                counts[f"{code} evaluated"] += outcome.evaluated
    assert (counts["forms"], counts["empty"], counts["failing"]) == (1001, 463, 56)
    expected = {
        "I5": (29, 486), "I6": (1, 486), "I7": (16, 484), "I1.voters": (7, 488), "I2.j": (11, 488),
        "I9.j": (4, 488), "I11": (0, 488),
    }  # fmt: skip
    assert {code: (counts[f"{code} failed"], counts[f"{code} evaluated"]) for code in expected} == expected


def test_a_blank_is_not_a_zero() -> None:
    blank = evaluate_form(LAW, "ppwp", {"valid": 5, "invalid": None, "total": 5})
    assert (blank.outcomes["I6"].evaluated, blank.complete, blank.failures) == (False, False, ())
    zero = evaluate_form(LAW, "ppwp", {"valid": 5, "invalid": 0, "total": 5})
    assert (zero.outcomes["I6"].evaluated, zero.complete, zero.failures) == (True, True, ())


def test_a_column_that_the_table_has_not_makes_no_form_incomplete() -> None:
    verdict = evaluate_form(LAW, "ppwp", {"total": 5, "voters": 5})
    assert verdict.complete
    assert [code for code, outcome in verdict.outcomes.items() if outcome.evaluated] == ["I5"]
    assert not verdict.empty


@pytest.mark.parametrize(
    ("votes", "empty", "zero"),
    [
        ((None, None, None), True, False), ((0, 0, 0), False, True),
        ((0, None, 0), False, False), ((0, 1, 0), False, False),
    ],
)  # fmt: skip
def test_empty_and_all_zero_are_told_apart(votes: tuple[int | None, ...], empty: bool, zero: bool) -> None:
    verdict = evaluate_form(LAW, "ppwp", dict(zip(LAW.choice_columns("ppwp"), votes, strict=True)))
    assert (verdict.empty, verdict.all_zero) == (empty, zero)


def test_votes_mean_the_same_in_every_shape() -> None:
    fields = {"valid": 10}
    shapes: list[Any] = [
        {"paslon_1": 1, "paslon_2": 2, "paslon_3": 3},
        {".1": 1, ".2": 2, ".3": 3},
        {("", "1"): 1, ("", "2"): 2, ("", "3"): 3},
    ]
    found = [evaluate_form(LAW, "ppwp", fields, shape).outcomes["I7"] for shape in shapes]
    found.append(evaluate_form(LAW, "ppwp", {**fields, **shapes[0]}).outcomes["I7"])
    assert {(each.left, each.right, each.holds) for each in found} == {(10, 6, False)}
    assert not evaluate_form(LAW, "ppwp", fields, {".1": 1, ".2": 2}).outcomes["I7"].evaluated


def party_votes() -> dict[str, int | None]:
    return {"1.0": 5, "1.1": 2, "1.2": 0, "1.T": 7, "4.0": 1, "4.1": 1, "4.T": 2}


def list_form(votes: dict[str, int | None]) -> FormVerdict:
    return evaluate_form(LAW, "dprd_kab", {"valid": 9}, votes, ballot=BALLOT)


def test_party_lists_are_checked_party_by_party() -> None:
    assert list_form(party_votes()).failures == ()
    wrong = list_form({**party_votes(), "4.T": 12})
    assert wrong.failures == ("I7", "I8.4")
    assert (wrong.outcomes["I8.4"].identity, wrong.outcomes["I8.4"].party) == ("I8", "4")
    sentence = said({"valid": 9}, "I8.4", "dprd_kab", {**party_votes(), "4.T": 12})
    assert sentence.id == "4 Partai Golkar: 1 + 1 = 2, jumlah tertulis 12: selisih 10"


def test_a_line_of_the_ballot_that_is_missing_leaves_its_party_unchecked() -> None:
    votes = party_votes()
    del votes["1.2"]
    verdict = list_form(votes)
    assert not verdict.outcomes["I8.1"].evaluated
    assert verdict.outcomes["I8.4"].evaluated
    del votes["4.T"]
    verdict = list_form(votes)
    assert not verdict.outcomes["I7"].evaluated
    assert not verdict.complete


def test_a_vote_shifted_inside_a_party_leaves_every_total_as_it_was() -> None:
    assert list_form({**party_votes(), "1.0": 0, "1.1": 7}).failures == ()


def test_lines_kept_beside_fields_come_apart_again() -> None:
    assert apart({"valid": 1, "4.T": 2}) == ({"valid": 1}, {"4.T": 2})
    assert apart({"valid": 1}) == ({"valid": 1}, None)


figures = st.none() | st.integers(0, 400)
forms = st.dictionaries(st.sampled_from(COLUMNS), figures)


@given(forms)
def test_an_identity_is_evaluated_exactly_when_every_cell_it_names_is_there(form: dict[str, int | None]) -> None:
    for code, outcome in evaluate_form(LAW, "ppwp", form).outcomes.items():
        identity = LAW.identity(code)
        named = {*identity.columns, *(LAW.choice_columns("ppwp") if identity.uses_choices else ())}
        assert outcome.evaluated == all(form.get(name) is not None for name in named)


@given(forms)
def test_what_is_not_evaluated_never_fails(form: dict[str, int | None]) -> None:
    verdict = evaluate_form(LAW, "ppwp", form)
    for code in (*verdict.failures, *verdict.warnings):
        outcome = verdict.outcomes[code]
        assert outcome.evaluated
        assert outcome.difference == outcome.left - outcome.right != 0
    assert not set(verdict.failures) & set(verdict.warnings)


@given(forms, st.sampled_from(COLUMNS))
def test_a_cell_made_blank_never_adds_a_failure(form: dict[str, int | None], name: str) -> None:
    before = evaluate_form(LAW, "ppwp", form)
    after = evaluate_form(LAW, "ppwp", {**form, name: None})
    assert set(after.failures) <= set(before.failures)


@given(st.lists(st.integers(0, 300), min_size=10, max_size=10), st.integers(0, 5), st.integers(0, 3))
def test_a_form_whose_figures_add_up_has_no_failure(parts: list[int], spoilt: int, unused: int) -> None:
    used = {name: (parts[2 * n] // 6, parts[2 * n + 1] // 6) for n, name in enumerate(("dpt", "dptb", "dpk"))}
    form: dict[str, int | None] = {"dpt_l": used["dpt"][0] + 1, "dpt_p": used["dpt"][1]}
    form["dpt"] = used["dpt"][0] + used["dpt"][1] + 1
    for name, (men, women) in used.items():
        form |= {f"{name}_used_l": men, f"{name}_used_p": women, f"{name}_used": men + women}
    men, women = sum(pair[0] for pair in used.values()), sum(pair[1] for pair in used.values())
    voters = men + women
    form |= {"voters_l": men, "voters_p": women, "voters": voters, "total": voters, "ballots_used": voters}
    form |= {"ballots_spoilt": spoilt, "ballots_unused": unused, "ballots_received": voters + spoilt + unused}
    form |= {"disabled_l": men // 2, "disabled_p": women // 3, "disabled": men // 2 + women // 3}
    form |= {"invalid": voters // 7, "valid": voters - voters // 7, "paslon_1": voters - voters // 7}
    form |= {"paslon_2": 0, "paslon_3": 0}
    verdict = evaluate_form(LAW, "ppwp", form)
    assert verdict.failures == ()
    assert verdict.complete
    assert all(outcome.evaluated for outcome in verdict.outcomes.values())


@given(forms)
def test_every_failure_can_be_said_in_both_languages(form: dict[str, int | None]) -> None:
    verdict = evaluate_form(LAW, "ppwp", form)
    written = sort_out(LAW, "ppwp", form)
    for code in (*verdict.failures, *verdict.warnings):
        sentence = sentence_of(LAW, "ppwp", verdict.outcomes[code], written)
        assert "{" not in sentence.id + sentence.en
        assert sentence.id != sentence.en

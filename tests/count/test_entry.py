"""A form is entered twice by two people; a third settles what differs; nothing is corrected silently."""

from __future__ import annotations

from collections import defaultdict

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satusuara.areas.models import Area, Election
from satusuara.count import papers
from satusuara.count.actions import correct_form, reopen_form, save_draft, settle_differences
from satusuara.count.derived import untrue_status, untrue_sums
from satusuara.count.models import Acceptance, AreaSummary, Entry, Finding, FormVersion, Paper
from satusuara.count.rules import entry as rules
from satusuara.count.rules.entry import Note, Progress, Reading, Stage
from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.law import load_law
from satusuara.ledger.verify import verify
from satusuara.people.choices import Right
from tests.count.papers import AT, at, clerk, columns, drill, enter, reading
from tests.count.regency import station

pytestmark = pytest.mark.django_db
CONTESTS = [contest.code for contest in load_law("latihan-2024").contests]
AS_WRITTEN = Note(as_written=True, reason="C.Hasil memang menulis demikian")


@pytest.fixture
def election() -> Election:
    return drill()


@pytest.fixture
def tps(election: Election) -> Area:
    return at(election)


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, match=f"^{code}:")


def version_at(area: Area) -> FormVersion:
    return FormVersion.objects.filter(form__area=area).order_by("-number").first()  # type: ignore[return-value]


@pytest.mark.requirement(6, "1", "forms of all five contests from the law and the ballot of the station's constituency")
@pytest.mark.parametrize("contest", CONTESTS)
def test_two_people_who_read_the_same_make_a_version(election: Election, tps: Area, contest: str) -> None:
    assert enter(clerk("ani", election), tps, contest).stage is Stage.SECOND
    done = enter(clerk("budi", election), tps, contest)
    assert done.stage is Stage.ACCEPTED
    assert done.version is not None
    assert done.version.number == 1
    assert done.version.form.status == "consistent"
    assert set(done.version.cells) == set(columns(tps, contest))
    assert done.version.batch.source.name == "form"
    assert not list(untrue_sums())
    assert not list(untrue_status())


@pytest.mark.requirement(6, "2", "the same person cannot do both entries: refused with a sentence, and by the database")
def test_nobody_enters_a_form_twice(election: Election, tps: Area) -> None:
    ani = clerk("ani", election)
    enter(ani, tps)
    with refused("entry-same-person"):
        enter(ani, tps, paslon_1=69, paslon_2=41)
    with refused("entry-same-person"):
        save_draft(scope=ani, area=tps, contest="ppwp", reading=Reading({"dpt": 1}), notes={}, at=AT)
    first = Entry.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(paper=first.paper, round=1, by="ani", nth=2, started=AT, touched=AT, finished=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(paper=first.paper, round=1, by="cici", nth=1, started=AT, touched=AT, finished=AT)


def test_the_same_entry_sent_twice_is_one_entry(election: Election, tps: Area) -> None:
    ani = clerk("ani", election)
    enter(ani, tps)
    assert enter(ani, tps).repeated
    enter(clerk("budi", election), tps)
    assert enter(clerk("budi", election), tps).repeated
    assert Entry.objects.count() == 2
    assert FormVersion.objects.count() == 1


@pytest.mark.requirement(6, "2", "entries are compared cell by cell; differences go to a third person")
def test_differences_wait_for_a_third_person(election: Election, tps: Area) -> None:
    enter(clerk("ani", election), tps)
    done = enter(clerk("budi", election), tps, paslon_1=60, paslon_2=50)
    assert (done.stage, done.differing, done.version) == (Stage.SETTLING, 2, None)
    assert not FormVersion.objects.exists()
    for name in ("ani", "budi"):
        with refused("entry-same-person"):
            _settle(clerk(name, election), tps, paslon_1=70, paslon_2=40)
    with refused("entry-settling"):
        enter(clerk("cici", election), tps)
    with refused("entry-incomplete"):
        _settle(clerk("cici", election), tps, paslon_1=70)
    settled = _settle(clerk("cici", election), tps, paslon_1=70, paslon_2=40)
    assert settled.version is not None
    assert settled.version.cells["paslon_1"] == 70
    row = Acceptance.objects.get()
    assert (row.kind, row.by) == ("settled", "cici")
    assert [entry.by for entry in Entry.objects.filter(pk__in=row.entries).order_by("nth")] == ["ani", "budi", "cici"]


def _settle(who, area, reason="", contest="ppwp", notes=None, **chosen):  # type: ignore[no-untyped-def]
    return settle_differences(
        scope=who, area=area, contest=contest, chosen=chosen, said={}, notes=notes or {}, reason=reason, at=AT
    )


def test_a_figure_that_neither_had_needs_a_reason(election: Election, tps: Area) -> None:
    enter(clerk("ani", election), tps)
    enter(clerk("budi", election), tps, paslon_1=60, paslon_2=50)
    with refused("entry-reason-missing"):
        _settle(clerk("cici", election), tps, paslon_1=71, paslon_2=39)
    assert _settle(clerk("cici", election), tps, "foto diperbesar: 71", paslon_1=71, paslon_2=39).version is not None
    assert Entry.objects.get(nth=3).reason == "foto diperbesar: 71"


def test_a_third_person_cannot_touch_what_both_read_alike(election: Election, tps: Area) -> None:
    enter(clerk("ani", election), tps)
    enter(clerk("budi", election), tps, paslon_1=60, paslon_2=50)
    done = _settle(clerk("cici", election), tps, paslon_1=70, paslon_2=40, invalid=0)
    assert done.version is not None
    assert done.version.cells["invalid"] == 10


@pytest.mark.requirement(6, "1", "empty is not 0: every box needs a figure, or says blank or unreadable")
def test_a_box_that_nobody_filled_is_not_zero(election: Election, tps: Area) -> None:
    ani = clerk("ani", election)
    typed = dict(reading(tps, "ppwp").typed)
    del typed["dpk_used_p"]
    with refused("entry-incomplete") as found:
        rules_entry(ani, tps, Reading(typed))
    assert found.value.details == {"columns": ["dpk_used_p"]}
    assert not Entry.objects.exists()


def rules_entry(who, area, typed, notes=None):  # type: ignore[no-untyped-def]
    from satusuara.count.actions import finish_entry

    return finish_entry(scope=who, area=area, contest="ppwp", reading=typed, notes=notes or {}, at=AT)


@pytest.mark.requirement(6, "2", "a cell that cannot be read is said to be so and shows no figure")
def test_a_cell_that_cannot_be_read_has_no_figure(election: Election, tps: Area) -> None:
    for name in ("ani", "budi"):
        enter(clerk(name, election), tps, paslon_3="x", dpk_used_p="-")
    version = version_at(tps)
    assert version.cells["paslon_3"] is None
    assert version.cells["dpk_used_p"] is None
    assert version.form.status == "incomplete"
    assert Acceptance.objects.get().marks == {"paslon_3": "x", "dpk_used_p": "-"}
    enter(clerk("ani", election), at(election, station(2)), paslon_3="x")
    assert enter(clerk("budi", election), at(election, station(2)), paslon_3="-").stage is Stage.SETTLING


@pytest.mark.requirement(6, "2", "a failing identity is confirmed as written, with a reason; both are kept")
def test_what_does_not_add_up_is_confirmed_and_never_corrected(election: Election, tps: Area) -> None:
    wrong = {"total": 121}
    with refused("entry-findings") as found:
        enter(clerk("ani", election), tps, **wrong)
    codes = found.value.details["codes"]
    assert set(codes) == {"I5", "I5.used", "I6"}
    half = {code: Note(as_written=False, reason="ya") for code in codes}
    with refused("entry-findings"):
        enter(clerk("ani", election), tps, notes=half, **wrong)
    for name in ("ani", "budi"):
        enter(clerk(name, election), tps, notes=dict.fromkeys(codes, AS_WRITTEN), **wrong)
    version = version_at(tps)
    assert version.cells["total"] == 121
    assert version.form.status == "failing"
    assert set(version.findings.values_list("identity", flat=True)) == set(codes)
    kept = {each["code"]: each["notes"] for each in Acceptance.objects.get().findings}
    assert [note["by"] for note in kept["I6"]] == ["ani", "budi"]
    assert {note["reason"] for note in kept["I6"]} == {AS_WRITTEN.reason}


def test_a_warning_wants_an_explanation_and_no_confirmation(election: Election, tps: Area) -> None:
    changed = {"ballots_received": 205, "ballots_unused": 84}
    with refused("entry-findings") as found:
        enter(clerk("ani", election), tps, **changed)
    assert found.value.details["codes"] == ["I12"]
    explained = {"I12": Note(as_written=False, reason="satu lembar lebih dalam amplop")}
    assert enter(clerk("ani", election), tps, notes=explained, **changed).stage is Stage.SECOND


@pytest.mark.requirement(6, "1", "figures and words: words that do not say the figure are a finding (I14)")
def test_words_that_do_not_say_the_figure_are_a_finding(election: Election, tps: Area) -> None:
    said = {"paslon_1": "tujuh puluh satu"}
    note = {"I14.paslon_1": Note(as_written=False, reason="huruf dan angka berbeda pada kertas")}
    for name in ("ani", "budi"):
        with refused("entry-findings"):
            rules_entry(clerk(name, election), tps, reading(tps, "ppwp", said))
        rules_entry(clerk(name, election), tps, reading(tps, "ppwp", said), note)
    found = Finding.objects.get()
    assert (found.identity, found.left, found.right, found.kind) == ("I14.paslon_1", 70, 71, "warning")
    assert version_at(tps).form.status == "consistent"
    assert not list(untrue_status())


def test_words_are_compared_too(election: Election, tps: Area) -> None:
    note = {"I14.paslon_1": Note(as_written=False, reason="berbeda")}
    rules_entry(clerk("ani", election), tps, reading(tps, "ppwp", {"paslon_1": "tujuh puluh satu"}), note)
    assert rules_entry(clerk("budi", election), tps, reading(tps, "ppwp")).differing == 1
    other = at(election, station(2))
    rules_entry(clerk("ani", election), other, reading(other, "ppwp", {"paslon_1": "Tujuhpuluh  satu"}), note)
    second = reading(other, "ppwp", {"paslon_1": "tujuh-puluh satu"})
    assert rules_entry(clerk("budi", election), other, second, note).stage is Stage.ACCEPTED


@pytest.mark.requirement(6, "2", "a correction keeps what it replaces, with who, why, witnesses and basis")
def test_a_correction_is_a_further_version_with_its_grounds(election: Election, tps: Area) -> None:
    cici = clerk("cici", election)
    with refused("entry-not-accepted"):
        _correct(cici, tps, paslon_1=71, paslon_2=39)
    for name in ("ani", "budi"):
        enter(clerk(name, election), tps)
    with refused("correction-changes-nothing"):
        _correct(cici, tps, paslon_1=70)
    with refused("reason-missing"):
        _correct(cici, tps, reason=" ", paslon_1=71, paslon_2=39)
    with refused("correction-basis"):
        _correct(cici, tps, basis="", paslon_1=71, paslon_2=39)
    with refused("correction-witnesses"):
        _correct(cici, tps, witnesses=[" "], paslon_1=71, paslon_2=39)
    with refused("entry-findings"):
        _correct(cici, tps, paslon_1=71)
    _correct(cici, tps, paslon_1=71, paslon_2=39)
    numbers = list(FormVersion.objects.order_by("number").values_list("number", "cells__paslon_1"))
    assert numbers == [(1, 70), (2, 71)]
    row = Acceptance.objects.get(kind="corrected")
    assert row.changes == {"paslon_1": [70, 71], "paslon_2": [40, 39]}
    assert (row.basis, row.witnesses) == ("recount", ["Ketua PPK", "Saksi nomor 1"])
    assert AreaSummary.objects.get(area__code="7322").sums["paslon_1"] == 71
    assert not list(untrue_sums())


def _correct(who, area, *, reason="kotak dihitung ulang", basis="recount", witnesses=None, **chosen):  # type: ignore[no-untyped-def]
    return correct_form(
        scope=who, area=area, contest="ppwp", chosen=chosen, said={}, notes={}, reason=reason, basis=basis,
        witnesses=["Ketua PPK", "Saksi nomor 1"] if witnesses is None else witnesses, at=AT,
    )  # fmt: skip


@pytest.mark.requirement(6, "2", "a version is never overwritten: a form opened again gets a further one")
def test_a_form_opened_again_begins_a_new_round(election: Election, tps: Area) -> None:
    for name in ("ani", "budi"):
        enter(clerk(name, election), tps)
    with refused("reason-missing"):
        reopen_form(scope=clerk("cici", election), area=tps, contest="ppwp", reason="", at=AT)
    reopen_form(scope=clerk("cici", election), area=tps, contest="ppwp", reason="foto TPS lain", at=AT)
    with refused("entry-not-accepted"):
        reopen_form(scope=clerk("cici", election), area=tps, contest="ppwp", reason="lagi", at=AT)
    assert version_at(tps).number == 1
    for name in ("ani", "budi"):
        enter(clerk(name, election), tps, paslon_1=80, paslon_2=30)
    assert version_at(tps).number == 2
    assert Paper.objects.get().round == 2
    assert not list(untrue_sums())


@pytest.mark.requirement(6, "2", "entries, acceptances and versions are sealed: one changed afterwards is named")
def test_what_was_entered_cannot_change_unseen(election: Election, tps: Area) -> None:
    for name in ("ani", "budi"):
        enter(clerk(name, election), tps)
    assert not list(verify().problems)
    Entry.objects.filter(by="ani").update(cells={**Entry.objects.get(by="ani").cells, "paslon_1": 7})
    Acceptance.objects.update(findings=[{"code": "I6"}])
    assert {problem.kind for problem in verify().problems} == {"count.entry", "count.acceptance"}


def test_a_draft_is_kept_and_its_writer_finishes_it(election: Election, tps: Area) -> None:
    ani = clerk("ani", election)
    save_draft(scope=ani, area=tps, contest="ppwp", reading=Reading({"dpt_l": 90, "dpt_p": "x"}), notes={}, at=AT)
    draft = Entry.objects.get()
    assert (draft.nth, draft.cells) == (None, {"dpt_l": 90, "dpt_p": "x"})
    assert "count.entry" not in {problem.kind for problem in verify().problems}
    assert enter(ani, tps).stage is Stage.SECOND
    assert Entry.objects.get().pk == draft.pk


@pytest.mark.requirement(6, "2", "rights: only where importing is one's right, only at a station")
def test_only_where_it_is_ones_right(election: Election, tps: Area) -> None:
    with pytest.raises(Forbidden):
        enter(clerk("dodi", election, "/74/"), tps)
    with pytest.raises(Forbidden):
        enter(clerk("saksi", election, "/73/7322/", Right.SEE, Right.OBJECT), tps)
    with refused("entry-not-a-station"):
        enter(clerk("ani", election), Area.objects.select_related("election").get(code="7322012001"))
    with refused("entry-column-unknown"):
        rules_entry(clerk("ani", election), tps, Reading({**reading(tps, "ppwp").typed, "paslon_9": 1}))
    assert not Entry.objects.exists()


# --- the state machine, over whatever people do in whatever order ---

PEOPLE = st.sampled_from(["ani", "budi", "cici", "dodi"])
DEEDS = st.lists(st.tuples(st.sampled_from(["enter", "settle", "reopen"]), PEOPLE, st.booleans()), max_size=30)


@pytest.mark.requirement(6, "2", "whatever people do in whatever order: no form is accepted by fewer than two of them")
@given(DEEDS)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_deeds_lets_one_person_accept_a_form(deeds: list[tuple[str, str, bool]]) -> None:
    progress, hands = Progress(Stage.FIRST), defaultdict[Stage, list[str]](list)
    for deed, who, same in deeds:
        before = progress
        try:
            if deed == "enter":
                progress = rules.after_entry(progress, who, () if same else ("valid",))
            elif deed == "settle":
                progress = rules.after_settling(progress, who)
            else:
                progress = rules.after_reopening(progress)
        except Refusal:
            continue
        if deed == "reopen":
            hands.clear()
            assert progress == Progress(Stage.FIRST)
            continue
        done = [name for names in hands.values() for name in names]
        assert who not in done
        hands[before.stage].append(who)
        if progress.stage is Stage.ACCEPTED:
            assert len({*done, who}) == (3 if before.stage is Stage.SETTLING else 2)


@given(DEEDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_tables_agree_with_the_state_machine(deeds: list[tuple[str, str, bool]]) -> None:
    with transaction.atomic():
        election = drill(station(1))
        tps, progress = at(election), Progress(Stage.FIRST)
        for deed, who, same in deeds[:12]:
            first = progress.stage is Stage.FIRST
            changed = {} if first or same else {"paslon_1": 60, "paslon_2": 50}
            try:
                if deed == "enter":
                    done = enter(clerk(who, election), tps, **changed)  # type: ignore[arg-type]
                    if not done.repeated:
                        progress = rules.after_entry(progress, who, tuple(changed))
                elif deed == "settle":
                    done = _settle(clerk(who, election), tps, paslon_1=70, paslon_2=40)
                    if not done.repeated:
                        progress = rules.after_settling(progress, who)
                else:
                    reopen_form(scope=clerk(who, election), area=tps, contest="ppwp", reason="r", at=AT)
                    progress = rules.after_reopening(progress)
            except Refusal:
                pass
            paper = Paper.objects.filter(area=tps).first()
            kept = papers.progress_of(paper, papers.entries_of_round(paper) if paper else [])
            assert kept == progress
        transaction.set_rollback(True)

"""The playbook in words: ``python -m satusuara.law.playbook_document`` writes docs/playbook/ (a test keeps it so)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from satusuara.kernel.i18n import LANGUAGES, Lang, Text
from satusuara.law.loader import available_laws, load_law
from satusuara.law.model import Law
from satusuara.law.playbook import Barrier, Basis, Detection, Gate, Group, Playbook, Problem
from satusuara.law.playbook_files import has_playbook, load_playbook

_TITLE = Text("Buku panduan masalah", "The playbook of problems")
_INTRO = Text(
    "Dibuat dari `src/satusuara/law/{law}/playbook/` oleh `python -m satusuara.law.playbook_document`; jangan "
    "disunting. Dasar hukum dan tenggat yang bertanda *perlu dipastikan* belum dikonfirmasi ahli hukum. Ancaman dan "
    "akibat disimpulkan dari sumbernya. Sinyal adalah pertanyaan kepada penanggung jawab, bukan tuduhan.",
    "Made from `src/satusuara/law/{law}/playbook/` by `python -m satusuara.law.playbook_document`; do not edit. Legal "
    "bases and deadlines marked *to be confirmed* have not been confirmed by a jurist. Threats and consequences are "
    "inferred from the sources. A signal is a question to whoever is responsible, never an accusation.",
)
_UNCONFIRMED = Text("perlu dipastikan", "to be confirmed")
_MARKS = {
    "general-knowledge": Text("tanpa sumber", "no source"),
    "inferred": Text("kesimpulan", "inferred"),
    "conflict": Text("sumber berbeda", "sources disagree"),
}
_WORDS = {
    "problems": Text("Masalah", "Problems"),
    "gates": Text("Butir kesiapan setiap TPS", "What every station must have ready"),
    "sources": Text("Sumber", "Sources"),
    "owners": Text("Penanggung jawab", "Owners"),
    "threats": Text("Ancaman", "Threats"),
    "preventions": Text("Pencegahan", "Prevention"),
    "detections": Text("Diketahui dari", "Known from"),
    "consequences": Text("Akibat", "Consequences"),
    "responses": Text("Penanganan", "Response"),
    "legal": Text("Dasar hukum", "Legal basis"),
    "clock": Text("Batas waktu", "Deadline"),
    "rates": Text("Angka dasar", "Base rate"),
    "precedents": Text("Preseden", "Precedents"),
    "automatic": Text("otomatis", "automatic"),
    "reported": Text("dilaporkan", "reported"),
    "observed": Text("diamati", "observed"),
    "built": Text("terpasang", "built"),
    "planned": Text("direncanakan", "planned"),
    "priority": Text("dibahas dalam rakor", "named in the commission's meeting"),
    "weakened": Text("melemah bila", "weakened where"),
    "independent": Text("oleh pihak lain", "by another party"),
    "auditable": Text("dapat diperiksa kembali", "can be checked afterwards"),
}


def documents(law: Law, playbook: Playbook) -> dict[str, str]:
    """{file name: its Markdown}: an index and one page a group, in each language."""
    found = {}
    for lang in LANGUAGES:
        page = _Page(law, playbook, lang)
        found[f"{lang}/README.md"] = "\n".join(page.index()) + "\n"
        for group in playbook.groups:
            found[f"{lang}/{group.code.lower()}.md"] = "\n".join(page.group(group)) + "\n"
    return found


class _Page:
    """One language of one playbook."""

    def __init__(self, law: Law, playbook: Playbook, lang: Lang) -> None:
        self.law, self.playbook, self.lang = law, playbook, lang

    def say(self, word: str) -> str:
        return _WORDS[word].in_(self.lang)

    def index(self) -> Iterator[str]:
        yield f"# {_TITLE.in_(self.lang)}: {self.law.name.in_(self.lang)} ({self.playbook.version})\n"
        yield f"{_INTRO.in_(self.lang).format(law=self.law.id)}\n"
        for group in self.playbook.groups:
            problems = [each for each in self.playbook.problems if each.group == group.code]
            yield f"## [{group.code}: {group.name.in_(self.lang)}]({group.code.lower()}.md)\n"
            for each in problems:
                star = f" — {self.say('priority')}" if each.priority else ""
                yield f"- [{each.code}]({group.code.lower()}.md#{each.code.lower()}) {each.name.in_(self.lang)}{star}"
            yield ""
        yield f"## {self.say('gates')}\n"
        yield from map(self.gate, self.playbook.gates)
        yield f"\n## {self.say('sources')}\n"
        for key, source in self.playbook.sources.items():
            yield f"- `{key}` {source.title}. {source.where} ({source.seen.isoformat()})"

    def gate(self, gate: Gate) -> str:
        checks = "; ".join(each.in_(self.lang) for each in gate.checks)
        return (
            f"- **{gate.letter}** {gate.name.in_(self.lang)} ({gate.due}, {self.who(gate.owner)}): {checks} "
            f"→ {', '.join(gate.serves)}"
        )

    def group(self, group: Group) -> Iterator[str]:
        yield f"# {group.code}: {group.name.in_(self.lang)}\n"
        for problem in self.playbook.problems:
            if problem.group == group.code:
                yield from self.problem(problem)

    def problem(self, problem: Problem) -> Iterator[str]:
        yield f'<a id="{problem.code.lower()}"></a>\n'
        yield f"## {problem.code} {problem.name.in_(self.lang)}\n"
        yield f"> {problem.sentence().in_(self.lang)}\n"
        yield f"- **{self.say('owners')}**: {', '.join(map(self.who, problem.owners))}"
        yield from self.list("threats", (each.in_(self.lang) for each in problem.threats))
        yield from self.list("preventions", map(self.barrier, problem.preventions))
        yield from self.list("detections", map(self.detection, problem.detections))
        yield from self.list(
            "consequences",
            (
                each.text.in_(self.lang) + (f" → {each.leads_to}" if each.leads_to else "")
                for each in problem.consequences
            ),
        )
        yield from self.list(
            "responses",
            (
                f"{each.text.in_(self.lang)} ({self.who(each.owner)}{self.form(each.form)})"
                for each in problem.responses
            ),
        )
        yield from self.list("legal", map(self.basis, problem.legal))
        mark = "" if problem.clock.confirmed else f" — *{_UNCONFIRMED.in_(self.lang)}*"
        deadlines = f" (`{'`, `'.join(problem.clock.deadlines)}`)" if problem.clock.deadlines else ""
        yield f"- **{self.say('clock')}**: {problem.clock.text.in_(self.lang)}{deadlines}{mark}"
        yield from self.list("rates", (f"{each.text.in_(self.lang)} [{each.source}]" for each in problem.rates))
        yield from self.list(
            "precedents", (f"{each.year}: {each.text.in_(self.lang)} [{each.source}]" for each in problem.precedents)
        )
        yield f"- **{self.say('sources')}**: {', '.join(problem.sources)}\n"

    def list(self, word: str, lines: Iterable[str]) -> Iterator[str]:
        lines = [*lines]
        if lines:
            yield f"- **{self.say(word)}**:"
            yield from (f"  - {line}" for line in lines)

    def barrier(self, each: Barrier) -> str:
        marks = [self.say(name) for name in ("independent", "auditable") if getattr(each, name)]
        line = f"{each.code} {each.text.in_(self.lang)} ({', '.join([self.who(each.owner), each.gate, *marks])})"
        if each.degradations:
            line += f"; {self.say('weakened')}: {'; '.join(d.in_(self.lang) for d in each.degradations)}"
        return line

    def detection(self, each: Detection) -> str:
        said = f"{each.text.in_(self.lang)} ({self.say(each.kind)}"
        if each.kind == "automatic":
            status, _, chapter = each.status.rstrip(")").partition("(")
            words = self.say(status) + (f": {chapter}" if chapter else "")
            return f"{said}, `{each.detector}`, {words})"
        return f"{said}{self.form(each.form)})" if each.form else f"{said}: {', '.join(map(self.who, each.by))})"

    def basis(self, each: Basis) -> str:
        marks = [_MARKS[each.confidence].in_(self.lang)] if each.confidence in _MARKS else []
        marks += [] if each.confirmed else [_UNCONFIRMED.in_(self.lang)]
        note = f": {each.note.in_(self.lang)}" if each.note else ""
        source = f" [{each.source}]" if each.source else ""
        return f"{each.text}{note}{source}" + (f" — *{', '.join(marks)}*" if marks else "")

    def form(self, code: str) -> str:
        return f", {self.playbook.forms[code].in_(self.lang)}" if code else ""

    def who(self, code: str) -> str:
        if code in self.playbook.partners:
            return self.playbook.partners[code].in_(self.lang)
        return self.law.role(code).name.in_(self.lang)


def main(folder: Path) -> None:
    """Writes the pages of every playbook of the package."""
    for law in available_laws():
        if has_playbook(law):
            for name, text in documents(load_law(law), load_playbook(law)).items():
                path = folder / law / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/playbook"))

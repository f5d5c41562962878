"""The law's arithmetic as plain data, for the evaluator that runs in the browser while somebody types.

The browser's evaluator is compiled from the same trees as this chapter's own; ``rules/vectors.json`` holds cases on
which both are tested to agree.
"""

from __future__ import annotations

from typing import Any

import msgspec

from satusuara.count.rules.entry import BLANK, UNREADABLE, vote_columns
from satusuara.count.rules.form import PARTY_TOTAL, Ballot
from satusuara.law.expressions import (
    CeilPercent,
    Choices,
    Column,
    Expression,
    FloorPercent,
    Number,
    PartyLines,
    PartyTotal,
    Product,
    Sum,
)
from satusuara.law.model import Law


def tree_of(expression: Expression) -> list[Any]:  # noqa: PLR0911
    """An expression as nested lists, its kind first."""
    match expression:
        case Column(name=name):
            return ["cell", name]
        case Number(n=n):
            return ["number", n]
        case Sum(terms=terms):
            return ["sum", *map(tree_of, terms)]
        case Product(terms=terms):
            return ["product", *map(tree_of, terms)]
        case CeilPercent(x=x, n=n):
            return ["ceil", tree_of(x), n]
        case FloorPercent(x=x, n=n):
            return ["floor", tree_of(x), n]
        case Choices():
            return ["choices"]
        case PartyTotal():
            return ["party_total"]
        case PartyLines():
            return ["party_lines"]


def wire(law: Law, contest: str, ballot: Ballot, lang: str) -> dict[str, Any]:
    """Everything that judges a form of this ballot, with the words of one language."""
    form = law.form(contest)
    is_list = law.contest(contest).choices.kind == "party-list"
    names = {str(party.number): f"{party.number} {party.name}" for party in law.parties}
    parties = [
        {
            "code": party,
            "name": names.get(party, party),
            "total": f"{party}.{PARTY_TOTAL}",
            "lines": [f"{party}.{line}" for line in lines],
        }
        for party, lines in ballot.items()
        if is_list
    ]
    votes = list(vote_columns(law, contest, ballot))
    return {
        "lang": lang,
        "marks": {"unreadable": UNREADABLE, "blank": BLANK},
        "identities": [
            {
                "code": each.code,
                "kind": each.kind,
                "relation": each.relation,
                "perParty": each.per_party,
                "left": tree_of(each.left),
                "right": tree_of(each.right),
                "title": each.title.in_(lang),
                "sentence": each.sentence.in_(lang),
            }
            for each in law.identities_of(contest)
            if each.kind != "cross"
        ],
        "choices": [party["total"] for party in parties] if is_list else votes,
        "parties": parties,
        "splits": {column: list(form.split_of(column)) for column in form.columns if form.split_of(column)},
        "splitWords": "+".join(part.short.in_(lang) for part in form.parts[:-1]),
        "numerals": msgspec.to_builtins(law.numerals) if law.numerals else None,
    }

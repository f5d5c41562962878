"""``{% load face %}``: figures in words, and the parts of a page. Shown with their markup in web/README.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Form
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from satusuara.kernel.i18n import Text
from satusuara.kernel.pages import words
from satusuara.kernel.pages.outline import Outline
from satusuara.kernel.pages.parts import Crumb, Piece, Tab, strips, tone_of

register = template.Library()


def _lang() -> str:
    return get_language() or "id"


@register.filter
def number(value: int | None) -> str:
    """1001 -> "1.001"; None -> "–"."""
    return words.number(value, _lang())


@register.filter
def signed(value: int | None) -> str:
    """17 -> "+17"."""
    return words.signed(value, _lang())


@register.filter
def share(part: int | None, whole: int | None) -> str:
    """``{{ votes|share:valid }}`` -> "57,3 %"."""
    return words.share(part, whole, _lang())


@register.filter
def moment(when: datetime | None, zone: tuple[str, str]) -> str:
    """``{{ at|moment:zone }}``, zone from ``law.zone_of`` -> "20 Feb 2024, 19.05 WITA"."""
    return words.moment(when, zone, _lang())


@register.filter
def day(when: datetime) -> str:
    """-> "14 Februari 2024"."""
    return words.day(when, _lang())


@register.filter
def proper(name: str) -> str:
    """ "LUWU UTARA" -> "Luwu Utara"."""
    return words.proper(name)


@register.filter
def say(text: Text | str | None) -> str:
    """A ``Text`` in the language of the page."""
    return text.in_(_lang()) if isinstance(text, Text) else (text or "")


@register.filter
def said(thing: Any, field: str) -> str:
    """``{{ source|said:"title" }}``: ``title_id`` or ``title_en`` of a row; Indonesian where English is empty."""
    english = getattr(thing, f"{field}_en", "") if _lang().startswith("en") else ""
    return str(english or getattr(thing, f"{field}_id", ""))


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """``{{ cells|item:column }}``."""
    return mapping.get(key) if mapping is not None else None


@register.filter
def item_at(row: Sequence[Any], place: int) -> Any:
    """``{{ columns|item_at:forloop.counter0 }}``: None beyond the end."""
    return row[place] if place < len(row) else None


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite (web/frontend/icons.txt). Without a label it says nothing to a screen reader."""
    href = f"{static('build/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href
        )  # fmt: skip
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.simple_tag
def chip(code: str, label: str, href: str = "", large: bool = False) -> SafeString:
    """A state with its sign and word: ``{% chip form.status form.get_status_display %}``."""
    tone, sign = tone_of(str(code))
    kind = f"chip chip-{tone}{' chip-large' if large else ''}"
    if href:
        return format_html('<a class="{}" href="{}">{}{}</a>', kind, href, icon(sign), label)
    return format_html('<span class="{}">{}{}</span>', kind, icon(sign), label)


@register.inclusion_tag("face/pieces.html")
def pieces(of: Sequence[Piece], total: int | None = None, label: str = "", key: bool = True) -> dict[str, Any]:
    """A bar of counts by state with its words below. ``total`` above their sum leaves the rest empty."""
    return {"strips": strips(of, total), "label": label, "key": key}


@register.inclusion_tag("face/outline.html")
def outline(of: Outline, map_id: str = "peta") -> dict[str, Any]:
    """A map as a drawing. The list beside it: ``data-rows="peta"`` on the list, ``data-row="code"`` on a row."""
    return {"outline": of, "map_id": map_id}


@register.inclusion_tag("face/crumbs.html")
def crumbs(way: Sequence[Crumb]) -> dict[str, Any]:
    return {"way": way}


@register.inclusion_tag("face/tabs.html")
def tabs(of: Sequence[Tab], label: str) -> dict[str, Any]:
    return {"tabs": of, "label": label}


@register.inclusion_tag("face/error_summary.html")
def error_summary(form: Form) -> dict[str, Any]:
    """All that is wrong, on top of the form, with links to the fields."""
    return {"form": form}


@register.inclusion_tag("face/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, help, error, input: read in this order, and tied to each other for a screen reader."""
    return {"field": bound, "check": isinstance(bound.field.widget, CheckboxInput)}


@register.inclusion_tag("face/sort_head.html", takes_context=True)
def sort_head(context: template.Context, key: str, label: str, numeric: bool = False) -> dict[str, Any]:
    """A ``<th>`` that sorts: writes ``?urut=key`` or ``?urut=-key``. Figures first come largest first."""
    query: QueryDict = context["request"].GET.copy()
    current = query.get("urut") or str(context.get("sort", ""))
    down = current == f"-{key}"
    up = current == key
    first, second = (f"-{key}", key) if numeric else (key, f"-{key}")
    query["urut"] = second if current == first else first
    query.pop("hal", None)
    return {"label": label, "numeric": numeric, "up": up, "down": down, "query": query.urlencode()}


@register.inclusion_tag("face/pages.html", takes_context=True)
def pages(context: template.Context, page: Any) -> dict[str, Any]:
    """Where one is in a long list; writes ``?hal=``."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("hal", None)
    rest = query.urlencode()
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": list(numbers),
        "ellipsis": page.paginator.ELLIPSIS,
        "rest": f"&{rest}" if rest else "",
    }

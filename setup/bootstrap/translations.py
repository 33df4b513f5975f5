"""What a translation of an addon has to be like.

Every term of the template is translated: what people read on a screen, and also errors
and descriptions that are written for models, as people see them in Odoo and in their
clients, and as both are answered in the language of the user. The only terms that may
stay empty are those that nothing but tests say. What is the same in both languages
(names of columns, examples of addresses) is written again, so that an empty term is
always a forgotten one. Names and descriptions of parameters are not terms at all:
schemas have no languages.
"""

import ast
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from . import layout

#: What has to be in every addon; more may be there.
LANGUAGES = ("es", "fr")

# What a program reads in a text: placeholders of Python, braces of prompts, addresses
# and of JSON, and markup with its attributes.
_KEPT = re.compile(
    r"%\(\w+\)[a-z]|%[a-z%]|\{\{|\}\}|\{[^{}]*\}|</?[a-zA-Z][^>]*>|https?://[^\s<>\"”»]+"
)


@dataclass(slots=True)
class Term:
    """One entry of a file."""

    source: str = ""
    translation: str = ""
    places: list[str] = field(default_factory=list)
    flags: str = ""

    @property
    def is_of_tests(self) -> bool:
        """Whether nothing but tests says it."""
        return all("/tests/" in place for place in self.places)


def problems() -> list[str]:
    """What is wrong with the translations of all addons."""
    found = []
    for addon in layout.addons():
        folder = layout.PROJECT / addon / "i18n"
        template = read(folder / f"{addon}.pot")
        paths = {*folder.glob("*.po"), *(folder / f"{name}.po" for name in LANGUAGES)}
        for path in sorted(paths):
            name = path.relative_to(layout.PROJECT)
            if path.is_file():
                found += [f"{name}: {problem}" for problem in _compare(template, path)]
            else:
                found.append(f"{name} is missing")
    return found


def read(path: Path) -> list[Term]:
    """The entries of a .po or .pot file, its header first.

    :raise ValueError: what makes no entry
    """
    terms = []
    for block in re.split(r"\n(?:[ \t]*\n)+", path.read_text(encoding="utf-8").strip()):
        term, part = Term(), None
        for line in block.splitlines():
            if line.startswith("#:"):
                term.places += line[2:].split()
            elif line.startswith("#,"):
                term.flags += line[2:]
            elif line.startswith(("#~", "#|")):
                raise ValueError(f"what is left of an old term: {line}")
            elif not line.startswith("#"):
                keyword, quote, text = line.partition('"')
                part = keyword.strip() or part
                text = ast.literal_eval(quote + text)
                if part == "msgid":
                    term.source += text
                elif part == "msgstr":
                    term.translation += text
                else:
                    raise ValueError(f"neither msgid nor msgstr: {line}")
        terms.append(term)
    return terms


def _compare(template: list[Term], path: Path) -> list[str]:
    try:
        header, *terms = read(path)
    except (SyntaxError, ValueError) as error:
        return [str(error)]
    found = []
    if f"Language: {path.stem}\n" not in header.translation:
        found.append("the header names another language")
    wanted = Counter(term.source for term in template[1:])
    there = Counter(term.source for term in terms)
    found += [f"lacks {_short(source)}" for source in wanted - there]
    found += [f"has {_short(source)} too often" for source in there - wanted]
    for term in terms:
        found += [f"{_short(term.source)} {problem}" for problem in _wrong(term)]
    return found


def _wrong(term: Term) -> list[str]:
    """What is wrong with one translation."""
    if "fuzzy" in term.flags:
        return ["is fuzzy"]
    if not term.translation:
        return [] if term.is_of_tests else ["is not translated"]
    found = []
    kept, other = (Counter(_KEPT.findall(t)) for t in (term.source, term.translation))
    if kept != other:
        lost, added = (" ".join(more) for more in (kept - other, other - kept))
        found.append(f"loses {lost or 'nothing'} and adds {added or 'nothing'}")
    if term.source[:1].isspace() != term.translation[:1].isspace():
        found.append("begins with a space in one language only")
    return found


def _short(text: str) -> str:
    return f"“{' '.join(text.split())[:60]}”"

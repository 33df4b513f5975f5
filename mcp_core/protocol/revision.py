"""The revisions of the specification and what sets them apart.

A revision is chosen by the client, per session in the legacy era and per request in
the modern one. Code asks a revision what it knows instead of comparing dates.
"""

from dataclasses import dataclass
from enum import Enum


class Era(Enum):
    """How a client and this server agree on a revision."""

    #: ``initialize`` opens a conversation; the header repeats the agreed revision.
    LEGACY = "legacy"
    #: Every request stands alone and names its revision in header and ``_meta``.
    MODERN = "modern"


@dataclass(frozen=True, slots=True)
class Revision:
    """One published revision of the specification.

    :param name: the date that names it, as on the wire
    :param era: how it is negotiated
    :param tool_fields: the members of a tool description that it defines
    :param structured_content: whether a tool result may carry ``structuredContent``
    :param batches: whether a body may be an array of messages
    :param has_progress_message: whether progress may carry a text
    """

    name: str
    era: Era
    tool_fields: frozenset[str]
    structured_content: bool
    batches: bool = False
    has_progress_message: bool = True

    @property
    def modern(self) -> bool:
        """Whether every request stands alone, without ``initialize`` and sessions."""
        return self.era is Era.MODERN

    def __str__(self) -> str:
        return self.name


_TOOL_2024 = frozenset({"name", "description", "inputSchema"})
_TOOL_2025_03 = _TOOL_2024 | {"annotations"}
_TOOL_2025_06 = _TOOL_2025_03 | {"title", "outputSchema", "_meta"}
_TOOL_2025_11 = _TOOL_2025_06 | {"icons", "execution"}
_TOOL_2026 = _TOOL_2025_06 | {"icons"}

REVISIONS: dict[str, Revision] = {
    revision.name: revision
    for revision in (
        Revision("2026-07-28", Era.MODERN, _TOOL_2026, True),
        Revision("2025-11-25", Era.LEGACY, _TOOL_2025_11, True),
        Revision("2025-06-18", Era.LEGACY, _TOOL_2025_06, True),
        Revision("2025-03-26", Era.LEGACY, _TOOL_2025_03, False, batches=True),
        Revision(
            "2024-11-05", Era.LEGACY, _TOOL_2024, False, has_progress_message=False
        ),
    )
}
"""Every served revision by name, newest first."""

LATEST_LEGACY = REVISIONS["2025-11-25"]

#: A legacy request without a version header is read as this one (2025-06-18,
#: "Protocol Version Header").
ASSUMED = REVISIONS["2025-03-26"]


def negotiate(requested: str) -> Revision:
    """Answer the revision that a legacy ``initialize`` gets.

    The requested one where it is served, otherwise the latest legacy revision: the
    modern one is not reached through ``initialize`` (lifecycle, "Version
    Negotiation").
    """
    revision = REVISIONS.get(requested)
    if revision is None or revision.modern:
        return LATEST_LEGACY
    return revision

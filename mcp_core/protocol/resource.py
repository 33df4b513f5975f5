"""Resources and resource templates as the protocol sees them."""

import base64
from dataclasses import dataclass
from typing import Any

from .revision import Revision
from .uri_template import UriTemplate, parsed


@dataclass(frozen=True, slots=True)
class Resource:
    """What a client is told of a resource, and what is needed to read it.

    :param uri: the address, or a template for many of them
    :param method: the marked method that reads it
    :param completion: the marked method that proposes values for the variables, or
        empty
    """

    uri: str
    name: str
    title: str
    description: str
    mime_type: str
    method: str
    completion: str

    @property
    def template(self) -> UriTemplate:
        """The URI as a template; one without variables matches itself."""
        return parsed(self.uri)

    @property
    def is_template(self) -> bool:
        """Whether the address has variables."""
        return bool(self.template.variables)

    def describe(self, revision: Revision) -> dict[str, Any]:
        """Return the ``Resource`` or ``ResourceTemplate`` object of a list."""
        description: dict[str, Any] = {
            "uriTemplate" if self.is_template else "uri": self.uri,
            "name": self.name,
        }
        if self.title and "title" in revision.tool_fields:
            description["title"] = self.title
        if self.description:
            description["description"] = self.description
        if self.mime_type:
            description["mimeType"] = self.mime_type
        return description


def contents(uri: str, value: str | bytes, mime_type: str) -> dict[str, Any]:
    """Return the ``ResourceContents`` of one resource.

    :param value: text, or bytes that become a base64 blob
    """
    described: dict[str, Any] = {"uri": uri}
    if mime_type:
        described["mimeType"] = mime_type
    if isinstance(value, bytes):
        described["blob"] = base64.b64encode(value).decode()
    else:
        described["text"] = value
    return described

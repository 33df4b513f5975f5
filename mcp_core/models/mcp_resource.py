"""Resources: what a client can read by its address."""

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError

from ..decorators import COMPLETION_METHOD, RESOURCE_METHOD
from ..exceptions import RETRIED
from ..protocol.errors import (
    InternalError,
    InvalidParams,
    ProtocolError,
    ResourceNotFound,
    quote,
)
from ..protocol.resource import Resource, contents
from ..protocol.uri_template import InvalidTemplate, UriTemplate

_logger = logging.getLogger(__name__)


class McpResource(models.Model):
    _name = "mcp.resource"
    _inherit = "mcp.offer"
    _description = "MCP Resource"

    uri = fields.Char(
        "URI",
        required=True,
        help="The address, or a template for many: odoo://record/{model}/{id}.",
    )
    name = fields.Char(required=True, help="A short name for programs.")
    mime_type = fields.Char("Media Type", default="application/json")
    method = fields.Selection(
        selection="_selection_method",
        required=True,
        help="The method that reads it. Only methods made for resources can be chosen.",
    )
    completion = fields.Selection(
        selection="_selection_completion",
        help="The method that proposes values for the variables of a template.",
    )
    _uri_unique = models.Constraint(
        "UNIQUE (uri)", "Another resource has this URI already."
    )

    @api.model
    def _selection_method(self):
        return self._selection_of_marked(RESOURCE_METHOD, "_resource_")

    @api.model
    def _selection_completion(self):
        return self._selection_of_marked(COMPLETION_METHOD, "_complete_")

    @api.constrains("uri", "method", "completion")
    def _check_definition(self):
        for resource in self:
            scheme, colon, _rest = resource.uri.partition(":")
            try:
                UriTemplate(resource.uri)
            except InvalidTemplate as error:
                raise ValidationError(
                    self.env._(
                        "The URI “%(uri)s”: %(reason)s.", uri=resource.uri, reason=error
                    )
                ) from error
            if not (colon and scheme.isalnum()):
                raise ValidationError(
                    self.env._("The URI “%s” needs a scheme.", resource.uri)
                )
            # a dynamic selection is not checked by the field itself
            if resource.method not in self._marked(RESOURCE_METHOD) or (
                resource.completion
                and resource.completion not in self._marked(COMPLETION_METHOD)
            ):
                raise ValidationError(
                    self.env._(
                        "“%s” names a method that is not for resources.", resource.uri
                    )
                )

    def _described(self):
        return Resource(
            uri=self.uri,
            name=self.name,
            title=self.title or "",
            description=self.description or "",
            mime_type=self.mime_type or "",
            method=self.method,
            completion=self.completion or "",
        )

    @api.model
    def _matching(self, exchange, uri):
        """Return (resource, variables) for a URI: a fixed one before any template.

        :raise ResourceNotFound: none that the caller is offered
        """
        for resource in sorted(
            self._available(exchange), key=lambda resource: resource.is_template
        ):
            variables = resource.template.match(uri)
            if variables is not None:
                return resource, variables
        raise ResourceNotFound(uri, modern=exchange.revision.modern)

    @api.model
    def _contents(self, exchange, uri):
        """Read a resource and return its ``ResourceContents``, never an empty list.

        What does not exist and what the caller may not see are both not found.

        :raise ResourceNotFound: nothing to read there
        :raise InvalidParams: a variable of the URI makes no sense
        """
        resource, variables = self._matching(exchange, uri)
        try:
            with self._reading():
                method = resource.method
                if method not in self._marked(RESOURCE_METHOD):
                    raise MissingError(method)
                found = getattr(self, method)(exchange, uri, **variables)
        except (*RETRIED, ProtocolError):
            raise
        except (AccessError, MissingError):
            found = None
        except UserError as error:
            raise InvalidParams(str(error)) from error
        except Exception as error:
            _logger.exception("MCP resource failed in request %s", exchange.id)
            raise InternalError(
                "The resource can't be read because of an error in Odoo.",
                {"requestId": str(exchange.id)},
            ) from error
        if isinstance(found, str | bytes):
            found = [contents(uri, found, resource.mime_type)]
        if not found:
            raise ResourceNotFound(uri, modern=exchange.revision.modern)
        return found

    @api.model
    def _completed(self, exchange, uri, name, value, chosen):
        """Return the values proposed for a variable of the template *uri*.

        :raise InvalidParams: no such template, or no such variable
        """
        for resource in self._available(exchange):
            if resource.is_template and resource.uri == uri:
                break
        else:
            raise InvalidParams(f"Unknown resource template: {quote(uri)}.")
        if name not in resource.template.variables:
            raise InvalidParams(f"The template has no variable {quote(name)}.")
        if resource.completion not in self._marked(COMPLETION_METHOD):
            return []
        with self._reading():
            return getattr(self, resource.completion)(exchange, name, value, chosen)

"""What a request costs in Odoo before anything is done."""

from odoo import http


class Bare(http.Controller):
    @http.route(
        "/mcp_bench/bare",
        type="http",
        auth="bearer",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=True,
    )
    def bare(self):
        return http.request.make_json_response({})

    @http.route(
        "/mcp_bench/open",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=True,
    )
    def open(self):
        return http.request.make_json_response({})

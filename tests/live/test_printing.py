"""Documents that Odoo prints, read as resources."""

import base64
import io
import sys

import pytest
from endpoint import LATEST_LEGACY, Endpoint
from pypdf import PdfReader

#: What an engine on a busy machine needs, in seconds.
_PATIENCE = 60
# The fonts of Odoo's own documents come from the web: the engine paints them as
# shapes, from which no text can be read.
_LETTER = """
<t t-name="live_test.letter">
    <t t-call="web.html_container">
        <div t-foreach="docs" t-as="doc" class="article">
            <p style="font-family: monospace">About <t t-out="doc.name"/>.</p>
        </div>
    </t>
</t>
"""


@pytest.fixture
def reader(server, office):
    """The endpoint, called by admin, on a server that can print."""
    state = office.desk.call("ir.actions.report", "get_wkhtmltopdf_state")
    if state != "ok":
        pytest.skip(f"the server can't print, its wkhtmltopdf: {state}")
    with Endpoint(server.url, server.keys["admin"], _PATIENCE) as endpoint:
        yield endpoint


@pytest.fixture
def letter(office):
    """A report of sales orders that is one line of text; its technical name."""
    view = office.create(
        "ir.ui.view",
        name="live test",
        type="qweb",
        key="live_test.letter",
        arch=_LETTER,
    )
    values = {
        "name": "Letter of the live tests",
        "model": "sale.order",
        "report_type": "qweb-pdf",
        "report_name": "live_test.letter",
    }
    [report] = office.desk.call("ir.actions.report", "create", [values])
    yield values["report_name"]
    office.unlink("ir.actions.report", report)
    office.unlink("ir.ui.view", view)


def _printed(reader, uri):
    """Read a PDF and return its bytes and its pages."""
    params = {"uri": uri}
    response = reader.post("resources/read", params, LATEST_LEGACY)
    [document] = response.json()["result"]["contents"]
    assert document["uri"] == uri
    assert document["mimeType"] == "application/pdf"
    pdf = base64.b64decode(document["blob"], validate=True)
    assert pdf.startswith(b"%PDF-")
    return pdf, PdfReader(io.BytesIO(pdf)).pages


def _some(reader, model):
    return reader.call("search", model=model, fields=["name"], limit=1)["records"][0]


@pytest.mark.parametrize(
    ("model", "report"),
    [
        ("sale.order", "sale.report_saleorder"),
        pytest.param(
            *("stock.picking", "stock.report_picking"),
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 13),
                reason="there is no wheel of what draws its barcode",
            ),
        ),
    ],
)
def test_a_document_that_list_actions_names_is_read_as_pdf(reader, model, report):
    record = _some(reader, model)
    listed = reader.call("list_actions", model=model, id=record["id"])["reports"]
    uri = f"odoo://report/{report}/{record['id']}"
    assert uri in [found["uri"] for found in listed]
    pdf, pages = _printed(reader, uri)
    assert len(pages) >= 1
    assert len(pdf) > 20_000  # not an empty page


def test_the_document_is_about_the_record(reader, letter):
    order = _some(reader, "sale.order")
    _, pages = _printed(reader, f"odoo://report/{letter}/{order['id']}")
    assert [page.extract_text().split() for page in pages] == [
        ["About", f"{order['name']}."]
    ]

"""Terms: the templates have all of them, and the translations are what people read."""

import pytest

_TERMS = """
def main(env, addons):
    from odoo.tools.translate import TranslationModuleReader
    return {
        addon: sorted({source for _module, _kind, _name, _id, source, *_rest
                       in TranslationModuleReader(env.cr, modules=[addon])})
        for addon in addons
    }
"""
_READ = """
def main(env, languages):
    found = {}
    for language in languages:
        env["res.lang"]._activate_lang(language)
        modules = env["ir.module.module"].search([("name", "=like", "mcp_%")])
        modules._update_translations([language])
        menus = env["ir.ui.menu"].with_context(lang=language)
        found[language] = {
            name: menus.browse(env.ref(f"mcp_core.{name}").id).name
            for name in ("menu_connect", "menu_monitoring", "menu_tool")
        }
        fields = env["mcp.tool"].with_context(lang=language).fields_get(["read_only"])
        found[language]["read_only"] = fields["read_only"]["string"]
    return found
"""


@pytest.fixture(scope="module")
def odoo():
    from bootstrap import ports
    from bootstrap.instance import Instance

    odoo = Instance.clone(channels="root:0")
    odoo.server.configure(ports.any_free(), ports.any_free(), channels="root:0")
    yield odoo
    odoo.server.remove()


def test_the_templates_have_every_term(odoo):
    from bootstrap import layout, translations

    addons = layout.addons()
    terms = odoo.shell(_TERMS, addons=addons)
    for addon in addons:
        template = layout.PROJECT / addon / "i18n" / f"{addon}.pot"
        known = {term.source for term in translations.read(template)[1:]}
        assert set(terms[addon]) - known == set(), addon
        assert known - set(terms[addon]) == set(), addon


def test_people_read_their_own_language(odoo):
    found = odoo.shell(_READ, languages=["fr_FR", "es_ES"])
    english = odoo.shell(_READ, languages=["en_US"])["en_US"]
    for language, words in found.items():
        same = {name for name, word in words.items() if word == english[name]}
        assert not same, (language, words)

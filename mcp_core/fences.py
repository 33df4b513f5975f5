"""What no client may reach through any tool, whatever the rights of its user.

These models configure Odoo, hold its secrets, or run code that is kept in records: an
administrator does such things on Odoo's own screens. They are out of bounds as the
model of a call, as the model of a related record that is written, and as a step of a
path through fields.
"""

import re

_MODELS = re.compile(
    r"""
    ir\.actions\..+ | ir\.cron.* | ir\.config_parameter | ir\.rule | ir\.model.*
    | ir\.ui\.(view.*|menu) | ir\.module\..+ | ir\.mail_server | ir\.default
    | ir\.logging | ir\.profile | ir\.asset | ir\.embedded\.actions
    | fetchmail\.server | iap\.account | mail\.ice\.server | certificate\..+
    | base\.automation.* | payment\.provider
    | res\.users\.(apikeys.*|identitycheck|deletion|log|settings.*) | res\.device.*
    | auth_totp\..+ | auth\.passkey.* | change\.password\..+
    | res\.config.* | base\.module\..+ | base\.language\..+ | base\.import\..+
    | base_import\..+ | base_import_module\..+ | queue\..+ | mcp\..+
    | base\.enable\.profiling\.wizard | reset\.view\.arch\.wizard | ir\.demo.*
    | server\.action\.history\.wizard | wizard\.ir\.model\..+
    | calendar\.provider\.config | website\.page
    """,
    re.VERBOSE,
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Fields that would carry a password through a conversation.
_SECRET_FIELDS = frozenset({("res.users", "password"), ("res.users", "new_password")})

#: Public methods of every model that do what a tool does, and would walk around its
#: checks, or that are made for Odoo's own client.
_METHODS = _names(
    """
    browse check_access check_access_rights check_access_rule check_field_access_rights
    clear_caches concat copy copy_data copy_multi copy_translations create create_action
    default_get ensure_one env exists export_data fetch fields_get fields_get_keys
    filtered filtered_domain find_or_create_record flush_model flush_recordset
    formatted_read_group formatted_read_grouping_sets get_base_url get_empty_list_help
    get_external_id get_field_translations get_formview_action get_formview_id
    get_import_templates get_metadata get_property_definition get_view get_views grouped
    has_access has_field_access init install_l10n_modules invalidate_model
    invalidate_recordset is_transient load lock_for_update mail_allowed_qweb_expressions
    mapped message_mail_with_source message_new message_parse message_post_with_source
    message_process message_route message_update modified name_create name_search new
    onchange read read_group read_progress_bar search search_count search_fetch
    search_panel_select_multi_range search_panel_select_range search_read sorted sudo
    toggle_active try_lock_for_update union unlink unlink_action update
    update_field_translations user_has_groups view_header_get web_create_users
    web_name_search web_override_translations web_read web_read_group web_resequence
    web_save web_save_multi web_search_read with_company with_context with_env
    with_prefetch with_user write
    """
)
#: Models that are read, but changed on Odoo's own screens only: who may do what.
_READ_ONLY = frozenset({"res.groups", "res.groups.privilege"})
#: Models none of whose methods is called: credentials, rights, files that Odoo runs.
_NO_METHODS = frozenset({"res.users", "res.groups", "ir.attachment"})
#: Fields that hold code, whatever the model.
_CODE = re.compile(r"(.+_)?(python|javascript|arch|custom_code)(_.+)?")
#: What Odoo's templates evaluate: inline expressions, and attributes or tags of QWeb.
_PLACEHOLDER = re.compile(r"\{\{|#\{|\{%|<\s*t\b|[\s\"'/]t-[a-z]", re.IGNORECASE)


def is_fenced(model_name: str, *, changing: bool = False) -> bool:
    """Return whether the model is out of bounds.

    >>> is_fenced("ir.config_parameter"), is_fenced("res.partner")
    (True, False)

    :param changing: whether its records are to be written, or pointed at by what is
    """
    if changing and model_name in _READ_ONLY:
        return True
    return bool(_MODELS.fullmatch(model_name))


def is_fenced_field(model_name: str, name: str) -> bool:
    """Return whether a field is none that a client writes: a secret, or code.

    >>> is_fenced_field("res.users", "password"), is_fenced_field("x", "python_code")
    (True, True)
    """
    return (model_name, name) in _SECRET_FIELDS or bool(_CODE.fullmatch(name))


def has_placeholder(value: object) -> bool:
    """Return whether text anywhere in a JSON value would be run by a template engine.

    >>> has_placeholder({"body": ["<t t-out='1'/>"]}), has_placeholder("a < b")
    (True, False)
    """
    if isinstance(value, str):
        return bool(_PLACEHOLDER.search(value))
    if isinstance(value, dict):
        return any(map(has_placeholder, value.values()))
    return isinstance(value, list) and any(map(has_placeholder, value))


def is_fenced_method(model_name: str, name: str) -> bool:
    """Return whether a public method is none that ``method_call`` runs.

    >>> is_fenced_method("res.partner", "sudo")
    True
    >>> is_fenced_method("sale.order", "action_confirm")
    False
    """
    return (
        name in _METHODS
        or name.startswith(("_", "button_immediate_"))
        or model_name in _NO_METHODS
        or is_fenced(model_name)
    )

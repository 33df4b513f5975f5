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
    """,
    re.VERBOSE,
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Fields that would carry a password through a conversation.
SECRET_FIELDS = frozenset({("res.users", "password"), ("res.users", "new_password")})

#: Public methods of every model that do what a tool does, and would walk around its
#: checks, or that are made for Odoo's own client.
_METHODS = _names(
    """
    browse check_access check_access_rights check_access_rule check_field_access_rights
    clear_caches concat copy copy_data copy_multi copy_translations create default_get
    ensure_one env exists export_data fetch fields_get fields_get_keys filtered
    filtered_domain flush_model flush_recordset formatted_read_group
    formatted_read_grouping_sets get_base_url get_empty_list_help get_external_id
    get_field_translations get_formview_action get_formview_id get_import_templates
    get_metadata get_property_definition get_view get_views grouped has_access
    has_field_access init invalidate_model invalidate_recordset is_transient load
    lock_for_update mail_allowed_qweb_expressions mapped message_mail_with_source
    message_new message_parse message_post_with_source message_process message_route
    message_update modified name_create name_search new onchange read read_group
    read_progress_bar search search_count search_fetch search_panel_select_multi_range
    search_panel_select_range search_read sorted sudo toggle_active try_lock_for_update
    union unlink update update_field_translations user_has_groups view_header_get
    web_name_search web_override_translations web_read web_read_group web_resequence
    web_save web_save_multi web_search_read with_company with_context with_env
    with_prefetch with_user write
    """
)
#: Those of single models that deal in credentials.
_METHODS_OF = {
    "res.users": _names(
        """
        action_reset_password action_revoke_all_devices action_totp_disable
        action_totp_enable_wizard action_totp_invite api_key_wizard authenticate
        change_password reset_password revoke_all_devices signup
        """
    )
}


def is_fenced(model_name: str) -> bool:
    """Return whether the model is out of bounds.

    >>> is_fenced("ir.config_parameter"), is_fenced("res.partner")
    (True, False)
    """
    return bool(_MODELS.fullmatch(model_name))


def is_fenced_method(model_name: str, name: str) -> bool:
    """Return whether a public method is none that ``method_call`` runs.

    >>> is_fenced_method("res.partner", "sudo")
    True
    >>> is_fenced_method("sale.order", "action_confirm")
    False
    """
    return (
        name in _METHODS
        or name.startswith("_")
        or name in _METHODS_OF.get(model_name, ())
    )

"""Two databases that differ in nothing but hidden values."""

#: Runs in Odoo's shell: fills what is hidden with values of one of the twins.
SCRAMBLE = r'''
TYPES = {
    "char": "text",
    "text": "text",
    "html": "text",
    "float": "number",
    "monetary": "number",
}
MODELS = (
    "res.partner crm.lead sale.order sale.order.line product.product project.task"
    " res.partner.industry calendar.attendee mail.message product.value mail.activity"
    " account.move account.move.line"
)
#: Not values but names of what Odoo does with a record.
TECHNICAL = ("access_token", "signup_type", "reply_to", "duration_tracking")


def main(env, twin, user, closed, gone):
    """Scramble the columns hidden from *user*.

    twin: "a" or "b", what is written begins with it; closed: ids by name of records
    that are hidden whole; gone: ids of hidden leads that "a" has not
    """
    access = env["mcp.access.record"].with_user(user).sudo(False)
    policy = access._policy()
    changed = []
    for name in MODELS.split():
        if name not in env:
            continue
        model = env[name]
        for field in model._fields.values():
            kind = TYPES.get(field.type)
            if not (field.store and field.column_type and kind):
                continue
            if field.name in TECHNICAL:
                continue
            whole = not policy.allows(name, "read")
            if not whole and policy.shows(field):
                continue
            value = expression(field, kind, twin)
            query = f'UPDATE "{model._table}" SET "{field.name}" = {value}'
            env.cr.execute("SAVEPOINT one")
            try:
                env.cr.execute(query + f' WHERE "{field.name}" IS NOT NULL')
            except Exception:
                # such as what has to be balanced
                env.cr.execute("ROLLBACK TO one")
            else:
                changed.append(f"{name}.{field.name}")
    env.cr.execute(
        "UPDATE crm_lead SET name = %s || id, expected_revenue = expected_revenue + %s"
        " WHERE priority = '3'",
        [twin, 1 if twin == "a" else 2],
    )
    env.cr.execute(
        "UPDATE mail_tracking_value SET old_value_char = %s || id,"
        " new_value_char = %s || id",
        [twin, twin],
    )
    env.cr.execute(
        "UPDATE ir_attachment SET name = %s || id, index_content = %s"
        " WHERE res_model = 'project.task' OR (res_model = 'crm.lead' AND res_id IN"
        " (SELECT id FROM crm_lead WHERE priority = '3'))",
        [twin, twin],
    )
    if twin == "a":
        env.cr.execute("DELETE FROM crm_lead WHERE id = ANY(%s)", [gone])
    return changed


def expression(field, kind, twin):
    """Return SQL for the value of a column, another one in each record and twin."""
    if kind == "number":
        value = f"(id % 89 + 1) * {3 if twin == 'a' else 7}::numeric"
    elif field.name.startswith("email"):
        value = f"'{twin}' || id || '@hidden.example'"
    else:
        value = f"'{twin}' || id || 'hidden'"
    if field.company_dependent:
        return (
            "(SELECT jsonb_object_agg(key, to_jsonb(" + value + "))"
            f' FROM jsonb_object_keys("{field.name}") AS key)'
        )
    if field.translate:
        return f"jsonb_build_object('en_US', {value})"
    return value
'''

"""Runs within Odoo's shell: the accounts that AI clients use, and a key for each.

`main` is called with the shell's `env`; what it returns goes back as JSON.
"""


def main(env, accounts, key_name, scope, parameters):
    """Puts each account into its group and gives it a fresh key.

    Keys that an earlier call made under the same name are removed.

    :param dict accounts: the external id of the group by login
    :param str key_name: what the keys are called in the user's preferences
    :param str scope: what the keys are good for
    :param dict parameters: system parameters to set, their values by name
    :return: the keys in clear text by login
    :rtype: dict
    """
    for name, value in parameters.items():
        env["ir.config_parameter"].set_param(name, value)
    return {
        login: _new_key(env, _user(env, login, group), key_name, scope)
        for login, group in accounts.items()
    }


def _user(env, login, group):
    users = env["res.users"].with_context(active_test=False, no_reset_password=True)
    user = users.search([("login", "=", login)]) or users.create(
        {"login": login, "name": login.capitalize(), "password": login}
    )
    env.ref(group).user_ids |= user
    return user


def _new_key(env, user, name, scope):
    keys = env["res.users.apikeys"].with_user(user).sudo()
    keys.search([("user_id", "=", user.id), ("name", "=", name)])._remove()
    return keys._generate(scope, name, None)

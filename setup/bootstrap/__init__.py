"""Gets a real Odoo 19 running beside the sources, and tests the addons with it.

Everything here works with the standard library alone until the environment is
built; from then on psycopg2 comes from that environment.
"""

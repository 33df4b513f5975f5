"""The Model Context Protocol as plain Python.

JSON-RPC messages, revisions, HTTP headers, content blocks, schemas and errors.
Nothing in here knows Odoo: the package is imported and tested without a database,
and everything that needs one lives in the models around it.
"""

"""Seals over the events: trees, signatures, the record outside, and checking them.

Plain Python, so that an export can be verified where there is no Odoo.
"""

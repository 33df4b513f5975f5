"""How fast the MCP server is, with everything switched on: `setup/bench`.

Times on one machine say nothing about another, so what is measured are ratios: two ways
of doing the same, in blocks of calls by turns, on servers that run at the same time.
"""

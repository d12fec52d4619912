"""Acme Notes: an MCP server for notes that an agent adds, finds, reads and deletes."""

NAME = "acme-notes"
# what the names of all environment variables begin with
PREFIX = "ACME_NOTES_"
__version__ = "0.0.7019"

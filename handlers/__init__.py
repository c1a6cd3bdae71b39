"""DOOR: a follower acted. Handlers are asked in the order of ``routes.py``; the first answer counts."""

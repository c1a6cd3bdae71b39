"""The collection every table of the house is in."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()

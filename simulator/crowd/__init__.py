"""Synthetic followers with hidden true tastes, who speak only through the public protocol."""

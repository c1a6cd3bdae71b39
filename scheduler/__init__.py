"""DOOR: the clock struck."""

"""RULES: pure decisions. No clock, no network, no database, no framework."""

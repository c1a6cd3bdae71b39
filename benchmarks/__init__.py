"""Measurements. Not tests: they need a quiet machine, and speak in ratios within one run."""

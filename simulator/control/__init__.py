"""The control API under /_control/: what tests and the phone page drive the platform with."""

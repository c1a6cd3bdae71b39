"""What can happen to a notification on its way (platform.md 9, item 8)."""

TRICKS = (
    "lost",
    "late",
    "repeated",
    "concurrent",
    "forged",
    "signtest",
    "wrong_amount",
    "wrong_appid",
    "wrong_mchid",
    "unknown_order",
    "wrong_aad",
    "wrong_key",
    "future",
    "past",
    "unknown_serial",
)
"""What can happen to the first try of a notification; later tries are honest. `lost` loses all of them."""

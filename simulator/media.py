"""Uploaded pictures, voices and films (platform.md 4.11)."""

from dataclasses import dataclass, field

from simulator.api.errors import ApiError

KEPT_SECONDS = 3 * 86400
LIMITS = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}
"""Bytes; images have a setting."""
PICTURE_MAX = 1 << 20
_SUFFIXES = {
    "image": ("jpg", "jpeg", "png", "gif", "bmp"),
    "voice": ("amr", "mp3", "wma", "wav"),
    "video": ("mp4",),
    "thumb": ("jpg", "jpeg"),
}


@dataclass(frozen=True)
class Medium:
    media_id: str
    kind: str
    name: str
    data: bytes
    mimetype: str
    created_at: int
    permanent: bool


@dataclass
class MediaStore:
    """Everything uploaded, by media_id; temporary media die after three days."""

    kept: dict[str, Medium] = field(default_factory=dict)

    def add(self, medium: Medium, image_max: int = LIMITS["image"]) -> Medium:
        suffix = medium.name.rsplit(".", 1)[-1].lower()
        if medium.kind not in LIMITS:
            raise ApiError(40004, "invalid media type")
        if suffix not in _SUFFIXES[medium.kind]:
            raise ApiError(40005, "invalid file type")
        if not medium.data:
            raise ApiError(44001, "empty media data")
        if len(medium.data) > (image_max if medium.kind == "image" else LIMITS[medium.kind]):
            raise ApiError(40006, "invalid meida size")
        self.kept[medium.media_id] = medium
        return medium

    def get(self, media_id: object, now: int) -> Medium:
        """The medium, or 40007 when there is none or its three days are over."""
        if not isinstance(media_id, str) or not self.has(media_id, now):
            raise ApiError(40007, "invalid media_id")
        return self.kept[media_id]

    def has(self, media_id: str, now: int) -> bool:
        medium = self.kept.get(media_id)
        return medium is not None and (medium.permanent or now - medium.created_at <= KEPT_SECONDS)

    def permanent(self, kind: str | None = None) -> list[Medium]:
        return [one for one in self.kept.values() if one.permanent and (kind is None or one.kind == kind)]

"""Photos as they are kept: made anew from their pixels, so that nothing but the picture is left of what was sent.

No place, no camera, no name, no second file hidden behind the first; and never more than a known size.
"""

import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

from PIL import Image, ImageFile, ImageOps

from finetune.core.refusals import Refusal, invalid_field

FORMATS: Final = ("JPEG", "PNG", "WEBP")
EDGE_MAX: Final = 1600
PREVIEW_EDGE: Final = 320
BYTES_MAX: Final = 600_000
# A JPEG is decoded at a fraction of its size where that is enough; others are decoded whole, four bytes a pixel.
PIXELS_MAX_JPEG: Final = 64_000_000
PIXELS_MAX: Final = 30_000_000
QUALITIES: Final = (82, 70, 55, 40, 25)
PHOTOS_MAX: Final = 6
# Unpacked, the largest picture that is taken fills hundreds of megabytes: one at a time in a process.
_UNPACKING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, and the same one small."""

    content: bytes
    preview: bytes
    width: int
    height: int


def read_picture(file: IO[bytes], *, field: str = "photos") -> Picture:
    """Refuses 400 on the field for what is no picture, is damaged, or unpacks to more pixels than a phone takes."""
    with _UNPACKING, _refusing(field):
        opened = Image.open(file, formats=FORMATS)
        _refuse_bomb(opened, field)
        if opened.format in ("JPEG", "MPO"):
            opened.draft("RGB", (EDGE_MAX, EDGE_MAX))
        upright = _flat(ImageOps.exif_transpose(opened))
        upright.thumbnail((EDGE_MAX, EDGE_MAX), Image.Resampling.LANCZOS)
        content = _within(upright, BYTES_MAX)
        small = upright.copy()
        small.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE), Image.Resampling.LANCZOS)
        return Picture(content, _jpeg(small, 75), upright.width, upright.height)


@contextmanager
def _refusing(field: str) -> Iterator[None]:
    """Whatever a decoder stumbles over is the file's fault."""
    try:
        yield
    except Refusal:
        raise
    except Image.DecompressionBombError:
        raise too_many_pixels(field) from None
    # Each decoder has errors of its own, and a damaged file finds them all; nothing else happens in here.
    except (
        *(OSError, SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, EOFError, MemoryError),
        *(AttributeError, struct.error),
    ):
        raise invalid_field(
            field, "invalid_photo", "This is no photo that can be read. Take it again, as JPEG, PNG or WebP."
        ) from None


def _refuse_bomb(opened: ImageFile.ImageFile, field: str) -> None:
    limit = PIXELS_MAX_JPEG if opened.format in ("JPEG", "MPO") else PIXELS_MAX
    if opened.width * opened.height > limit:
        raise too_many_pixels(field)


def too_many_pixels(field: str) -> Refusal:
    return invalid_field(
        field, "invalid_photo", "This photo unpacks to more than can be taken in. Take it again, smaller."
    )


def _flat(image: Image.Image) -> Image.Image:
    """Three colours on white: what was see-through would turn black."""
    if image.mode == "RGB":
        return image
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGB", clear.size, (255, 255, 255))
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return image.convert("RGB")


def _within(image: Image.Image, most: int) -> bytes:
    """As good as fits; what is noise through and through is made smaller."""
    for quality in QUALITIES:
        made = _jpeg(image, quality)
        if len(made) <= most:
            return made
    smaller = image.copy()
    smaller.thumbnail((image.width * 2 // 3, image.height * 2 // 3), Image.Resampling.LANCZOS)
    return _within(smaller, most)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    # A new picture of the same pixels: no EXIF, no profile, no comment comes along.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    bare.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    return buffer.getvalue()

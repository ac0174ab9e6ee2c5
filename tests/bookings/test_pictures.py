"""Photos are made anew: nothing but the picture comes through, and nothing else is taken for one."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from finetune.bookings.pictures import BYTES_MAX, EDGE_MAX, PREVIEW_EDGE, read_picture
from finetune.core.refusals import Refusal

SECRET = b"Pune, 18.5204 N 73.8567 E"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **saved: object
) -> bytes:
    buffer = BytesIO()
    Image.new(mode, size, 128 if mode == "L" else "orange" if mode == "RGB" else (255, 0, 0, 0)).save(
        buffer, kind, **saved
    )
    return buffer.getvalue()


def read(data: bytes):
    return read_picture(BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_becomes_a_jpeg(kind):
    made = read(picture(kind))
    assert Image.open(BytesIO(made.content)).format == "JPEG"
    assert (made.width, made.height) == (400, 300)


def test_what_is_not_the_picture_is_left_out():
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (18.0, 31.0, 13.0)
    data = picture(exif=exif, comment=SECRET) + b"<script>" + SECRET
    assert SECRET in data
    made = read(data)
    for each in (made.content, made.preview):
        assert SECRET not in each
        assert b"<script>" not in each
        again = Image.open(BytesIO(each))
        assert not dict(again.getexif())
        assert not again.info.keys() & {"exif", "icc_profile", "comment", "xmp"}


def test_a_photo_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    made = read(picture(exif=exif))
    assert (made.width, made.height) == (300, 400)


def test_a_large_photo_is_made_small():
    made = read(picture(size=(5000, 4000)))
    assert max(made.width, made.height) == EDGE_MAX
    assert max(Image.open(BytesIO(made.preview)).size) <= PREVIEW_EDGE


def test_a_photo_full_of_noise_keeps_within_its_bytes():
    noise = Image.effect_noise((1600, 1600), 120).convert("RGB")
    buffer = BytesIO()
    noise.save(buffer, "JPEG", quality=100)
    assert len(read(buffer.getvalue()).content) <= BYTES_MAX


@pytest.mark.parametrize("mode", ["L", "RGBA", "LA", "P", "1", "I;16"])
def test_every_colour_model_is_read(mode):
    buffer = BytesIO()
    Image.new(mode, (40, 30)).save(buffer, "PNG")
    assert read(buffer.getvalue()).width == 40


def test_what_is_see_through_is_on_white():
    made = read(picture("PNG", mode="RGBA"))
    assert Image.open(BytesIO(made.content)).convert("L").getpixel((5, 5)) == 255


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(6000, 6000), (65000, 65000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_unpacks(size):
    with pytest.raises(Refusal) as refused:
        read(bomb(*size))
    assert (refused.value.status, refused.value.code) == (400, "invalid_photo")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"GIF89a" + b"\0" * 50,
        b"\xff\xd8\xff\xe0" + b"\0" * 200,
        b"RIFF\0\0\0\0WEBPVP8 ",
        picture()[:300],
        picture("PNG")[:60],
        picture("WEBP")[:40],
        picture("BMP"),
        picture("TIFF"),
        bomb(100, 100),
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence(data):
    with pytest.raises(Refusal) as refused:
        read(data)
    assert (refused.value.status, refused.value.code) == (400, "invalid_photo")
    assert "Take it again" in refused.value.detail


def test_what_a_decoder_stumbles_over_is_the_files_fault(monkeypatch: pytest.MonkeyPatch):
    def stumbles(image: object) -> None:
        raise struct.error("required argument is not an integer")

    monkeypatch.setattr("PIL.ImageOps.exif_transpose", stumbles)
    with pytest.raises(Refusal) as refused:
        read(picture())
    assert refused.value.code == "invalid_photo"

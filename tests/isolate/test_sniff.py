"""What a file is, by its first bytes."""

from __future__ import annotations

import io
import zipfile

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qalqan.isolate.sniff import HEAD_BYTES, sniff
from qalqan.model.items import MediaKind

PICTURES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "ICO": "image/vnd.microsoft.icon",
    "JPEG2000": "image/jp2",
}
FILMS = {
    ("mp4", "libx264"): "video/mp4",
    ("webm", "libvpx"): "video/webm",
    ("matroska", "mpeg4"): "video/x-matroska",
    ("avi", "mpeg4"): "video/x-msvideo",
    ("mov", "mpeg4"): "video/quicktime",
    ("mpegts", "mpeg2video"): "video/mp2t",
    ("flv", "flv"): "video/x-flv",
    ("3gp", "mpeg4"): "video/3gpp",
    ("asf", "wmv2"): "video/x-ms-asf",
}
SOUNDS = {
    ("mp3", "libmp3lame"): "audio/mpeg",
    ("ogg", "libopus"): "audio/ogg",
    ("wav", "pcm_s16le"): "audio/wav",
    ("flac", "flac"): "audio/flac",
    ("ipod", "aac"): "audio/mp4",
    ("adts", "aac"): "audio/aac",
    ("aiff", "pcm_s16be"): "audio/aiff",
}
GREETING = "Привет, мир. Сәлем әлем! Салом дунё. مرحبا"
WORDS = {
    "utf-8": GREETING.encode(),
    "utf-8 with a mark": GREETING.encode("utf-8-sig"),
    "utf-16 with a mark": GREETING.encode("utf-16"),
    "windows-1251": "Привет, мир, как дела".encode("cp1251"),
    "ascii": b"hello, world\n",
    "cut in the middle of a letter": ("a" + "х" * 5000).encode()[:HEAD_BYTES],
}


@pytest.mark.parametrize(("form", "media_type"), PICTURES.items())
def test_pictures(form: str, media_type: str) -> None:
    """Each form that Pillow writes is a picture of its type."""
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, form)
    assert sniff(out.getvalue()) == (MediaKind.PICTURE, media_type)


@pytest.mark.parametrize(("form", "media_type"), FILMS.items())
def test_films(form: tuple[str, str], media_type: str) -> None:
    """Each usual container is a video of its type."""
    out = io.BytesIO()
    with av.open(out, "w", format=form[0]) as container:
        stream = container.add_stream(form[1], rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 176, 144, "yuv420p"
        for shade in range(25):
            grey = np.full((144, 176, 3), shade * 9, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode())
    assert sniff(out.getvalue()) == (MediaKind.VIDEO, media_type)


@pytest.mark.parametrize(("form", "media_type"), SOUNDS.items())
def test_sounds(form: tuple[str, str], media_type: str) -> None:
    """Each usual sound file is audio of its type."""
    out = io.BytesIO()
    with av.open(out, "w", format=form[0]) as container:
        stream = container.add_stream(form[1], rate=48000)
        assert isinstance(stream, av.AudioStream)
        tone = (np.sin(np.arange(48000) / 20) * 8000).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.sample_rate = 48000
        into = stream.codec_context
        fit = av.AudioResampler(into.format, into.layout, 48000, frame_size=into.frame_size or 1024)
        for piece in (*fit.resample(frame), *fit.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode())
    assert sniff(out.getvalue()) == (MediaKind.AUDIO, media_type)


@pytest.mark.parametrize("content", WORDS.values(), ids=WORDS.keys())
def test_words_in_usual_encodings(content: bytes) -> None:
    """Text is text in each encoding that people still use."""
    assert sniff(content) == (MediaKind.TEXT, "text/plain")


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"<!DOCTYPE html><html>", "", "text/html"),
        (b"\n <!-- made by hand --> <HTML lang='kk'>", "", "text/html"),
        (b'{"a": 1}', "", "application/json"),
        (b"[1, 2]", "", "application/json"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "", "image/svg+xml"),
        (b'<?xml version="1.0"?><a/>', "", "application/xml"),
        (b"a,b\n1,2\n", "table.CSV", "text/csv"),
        (b'{"a": 1}\n{"a": 2}', "rows.ndjson", "application/x-ndjson"),
        (b"#EXTM3U\n/etc/passwd\n", "list.mp4", "text/plain"),
    ],
)
def test_words_of_some_form(content: bytes, name: str, media_type: str) -> None:
    """Text says its form; a name helps only to tell forms of text apart."""
    assert sniff(content, name) == (MediaKind.TEXT, media_type)


def test_what_is_never_decoded() -> None:
    """Archives, documents and programs are other files, whatever they hold."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("photo.jpg", b"\xff\xd8\xff")
    assert sniff(packed.getvalue()) == (MediaKind.OTHER, "application/zip")
    assert sniff(b"%PDF-1.7\n") == (MediaKind.OTHER, "application/pdf")
    assert sniff(b"%!PS-Adobe-3.0 EPSF-3.0\n") == (MediaKind.OTHER, "application/postscript")
    assert sniff(b"") == sniff(bytes(500)) == (MediaKind.OTHER, "application/octet-stream")


def test_a_name_never_makes_a_family() -> None:
    """A program called a picture is none, a picture called a text is one."""
    assert sniff(b"MZ" + bytes(100), "holiday.jpg")[0] is MediaKind.OTHER
    assert sniff(b"GIF89a" + bytes(20), "notes.txt")[0] is MediaKind.PICTURE


@given(head=st.binary(max_size=600), name=st.text(max_size=20))
def test_never_raises(head: bytes, name: str) -> None:
    """Any bytes under any name have a family and a type."""
    kind, media_type = sniff(head, name)
    assert isinstance(kind, MediaKind)
    assert "/" in media_type

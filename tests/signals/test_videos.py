"""Videos: a hash for every second, stills, and what broken files do."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from qalqan.errors import BadValue, InputRefused, LimitReached
from qalqan.isolate import Isolate
from qalqan.model.items import MediaKind, RenditionKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Interval
from qalqan.signals import videos_child
from qalqan.signals.contract import Desk, Reading, Subject
from qalqan.signals.pictures import PictureExtractor
from qalqan.signals.videos import VideoExtractor

Keep = Callable[[bytes, MediaKind], Subject]
Scene = Callable[..., Image.Image]
Read = Callable[[bytes], Reading]
IDENTITY = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000")
QUARTER = bytes.fromhex("00000000 00010000 00000000 ffff0000 00000000 00000000 00000000 00000000 40000000")
"""A track's matrix (ISO/IEC 14496-12, section 8.3.2): as it is; to be shown turned clockwise by a quarter."""


@pytest.fixture
def read(desk: Desk, keep: Keep) -> Read:
    """Return a way to read the bytes of a video."""
    return lambda content: VideoExtractor().read(keep(content, MediaKind.VIDEO), desk)


@pytest.fixture(scope="session")
def scenes(scene: Scene) -> list[Image.Image]:
    """Return ten views of 320 by 240 pixels."""
    return [scene(seed, 320, 240) for seed in range(10)]


def film(
    images: Sequence[Image.Image], times: Sequence[float] | None = None, form: str = "mp4", codec: str = "mpeg4"
) -> bytes:
    """Return a video that shows each image at its time in seconds, by default each for a second of ten frames."""
    out = io.BytesIO()
    frames = [image for image in images for _ in range(10)] if times is None else list(images)
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = images[0].size
        stream.pix_fmt, stream.bit_rate = "yuv420p", 2_000_000
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
            frame.pts, frame.time_base = round(1000 * (times[number] if times else number / 10)), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def lines_of(reading: Reading) -> list[list[str]]:
    """Return the fields of each frame."""
    return [line.split(",") for line in reading.sightings[0].value.split("\n")]


def bits(first: str, second: str) -> int:
    """Return how many bits two hashes are apart."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def picture_hashes(image: Image.Image, desk: Desk, keep: Keep) -> list[str]:
    """Return the eight hashes of a picture."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return PictureExtractor().read(keep(out.getvalue(), MediaKind.PICTURE), desk).sightings[0].value.split()


def test_one_line_a_second(read: Read, scenes: list[Image.Image], desk: Desk, keep: Keep) -> None:
    """Each second's line has the hash of what is shown then, upright and mirrored."""
    reading = read(film(scenes))
    lines = lines_of(reading)
    assert [line[0] for line in lines] == [f"{second}.000" for second in range(10)]
    for image, (_, quality, upright, mirrored) in zip(scenes, lines, strict=True):
        hashes = picture_hashes(image, desk, keep)
        assert int(quality) >= 50
        assert bits(upright, hashes[0]) <= 20
        assert bits(mirrored, hashes[5]) <= 20


def test_length_and_size(read: Read, scenes: list[Image.Image]) -> None:
    """The reading has the video's size and seconds, and its signal spans all of it."""
    reading = read(film(scenes))
    assert (reading.width, reading.height) == (320, 240)
    assert reading.duration == pytest.approx(10, abs=0.11)
    (seen,) = reading.sightings
    assert seen.interval is not None
    assert seen.interval == Interval(0.0, reading.duration or 0)


def test_uneven_frames(read: Read, scenes: list[Image.Image]) -> None:
    """Of each second that has frames, the first frame is taken, at its own time."""
    times = [0.0, 0.4, 1.3, 1.4, 4.7, 4.9, 5.0, 5.6]
    lines = lines_of(read(film(scenes[:8], times)))
    assert [line[0] for line in lines] == ["0.000", "1.300", "4.700", "5.000"]


def test_stills_are_spread_over_the_whole(read: Read, scenes: list[Image.Image]) -> None:
    """Eight moments, evenly, each clear and blurred; the first and the last tenth are among them."""
    pictures = read(film(scenes * 4)).pictures
    assert [picture.kind for picture in pictures] == [RenditionKind.CLEAR, RenditionKind.BLURRED] * 8
    moments = [picture.at for picture in pictures[::2]]
    assert moments[0] == 0
    assert moments[-1] >= 36
    assert np.diff(moments).min() >= 3
    assert [picture.at for picture in pictures[1::2]] == moments


def test_rotation_is_applied(read: Read, scenes: list[Image.Image]) -> None:
    """A video to be shown turned is read as people see it."""
    lying = film([image.transpose(Image.Transpose.ROTATE_90) for image in scenes[:3]])
    assert IDENTITY in lying
    at = lying.index(b"tkhd")
    place = lying.index(IDENTITY, at)
    turned = read(lying[:place] + QUARTER + lying[place + len(QUARTER) :])
    upright = read(film(scenes[:3]))
    assert (turned.width, turned.height) == (320, 240)
    for one, other in zip(lines_of(turned), lines_of(upright), strict=True):
        assert bits(one[2], other[2]) <= 24


@pytest.mark.parametrize(
    ("form", "codec"),
    [("webm", "libvpx"), ("matroska", "libx264"), ("avi", "mpeg4"), ("mpegts", "libx264"), ("mov", "libx265")],
)
def test_containers_and_codecs(read: Read, scenes: list[Image.Image], form: str, codec: str) -> None:
    """What people post is read alike."""
    lines = lines_of(read(film(scenes[:4], form=form, codec=codec)))
    reference = lines_of(read(film(scenes[:4])))
    assert len(lines) == 4
    for line, other in zip(lines, reference, strict=True):
        assert bits(line[2], other[2]) <= 20


def test_broken_packets_are_left_out_and_counted(read: Read, scenes: list[Image.Image]) -> None:
    """A video with a hole in it is read on both sides of the hole, or says that nothing is left."""
    content = bytearray(film(scenes, form="mpegts", codec="libx264"))
    middle = len(content) // 2
    content[middle : middle + 20_000] = bytes(20_000)
    seconds = [float(line[0]) for line in lines_of(read(bytes(content)))]
    assert min(seconds) < 2
    assert max(seconds) > 7


def test_a_truncated_film_without_its_index_is_refused(read: Read, scenes: list[Image.Image]) -> None:
    """An MP4 whose end is missing cannot be read, and says so."""
    content = film(scenes)
    with pytest.raises(InputRefused, match="video"):
        read(content[: len(content) // 2])


def test_sound_only_gives_no_signal(read: Read) -> None:
    """A container for films that holds sound alone is no error and no signal."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48000)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert read(out.getvalue()) == Reading()


def test_no_frame_is_refused(read: Read, scenes: list[Image.Image]) -> None:
    """A film whose pictures are all nonsense says that none could be decoded."""
    content = bytearray(film(scenes, codec="libx264"))
    start = content.index(b"mdat") + 4
    content[start : content.index(b"moov") - 4] = bytes(content.index(b"moov") - 4 - start)
    with pytest.raises(InputRefused, match="no frame of the video could be decoded"):
        read(bytes(content))


@pytest.mark.parametrize(
    "playlist", ["#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n", "ffconcat version 1.0\nfile {}\n"]
)
def test_playlists_open_no_other_file(read: Read, scenes: list[Image.Image], tmp_path: Path, playlist: str) -> None:
    """A list that names a file of this machine is refused: nobody posts what we have on our disk."""
    other = tmp_path / "private.ts"
    other.write_bytes(film(scenes, form="mpegts", codec="libx264"))
    with pytest.raises(InputRefused, match="no video that can be read"):
        read(playlist.format(other).encode())


def test_large_frames_are_refused(keep: Keep, scenes: list[Image.Image]) -> None:
    """The limit on pixels holds for frames too."""
    limits = Limits(picture_pixels=50_000)
    isolate = Isolate(limits, children=1)
    with pytest.raises(LimitReached, match="320 by 240 pixels") as caught:
        VideoExtractor().read(keep(film(scenes[:1]), MediaKind.VIDEO), Desk(limits, isolate))
    isolate.close()
    assert "QALQAN_PICTURE_PIXELS" in caught.value.hint


def test_only_so_much_of_a_video_is_read(keep: Keep, desk: Desk, scenes: list[Image.Image]) -> None:
    """Beyond the limit nothing is read, and the reading says so."""
    short = Desk(Limits(video_seconds=4), desk.isolate)
    reading = VideoExtractor().read(keep(film(scenes), MediaKind.VIDEO), short)
    assert [line[0] for line in lines_of(reading)] == ["0.000", "1.000", "2.000", "3.000"]
    assert reading.duration is None
    assert "QALQAN_VIDEO_SECONDS" in reading.notes[0]


def test_long_videos_come_in_parts(tmp_path: Path, scenes: list[Image.Image]) -> None:
    """The time limit holds for each thirty seconds anew, and the pictures come with the last part."""
    path = tmp_path / "long.mp4"
    path.write_bytes(film(scenes * 7))
    parts = list(videos_child.read(str(path), 10**8, 1000))
    assert [len(part["lines"]) for part in parts] == [30, 30, 10]
    assert [bool(part["pictures"]) for part in parts] == [False, False, True]


def test_a_known_video_has_upright_hashes_in_order() -> None:
    """Frames are sorted by time, mirrored hashes left out."""
    value = f"2.0,90,{'AB' * 32}\n0,100,{'cd' * 32},{'ef' * 32}"
    assert VideoExtractor().canonical("video-pdq", value) == f"0.000,100,{'cd' * 32}\n2.000,90,{'ab' * 32}"


@pytest.mark.parametrize(
    "value", ["", "x", "1,2", f"nan,5,{'0' * 64}", f"-1,5,{'0' * 64}", f"1,101,{'0' * 64}", "1,5,00"]
)
def test_a_value_that_is_no_video_is_refused(value: str) -> None:
    """Each frame needs seconds, a quality and a hash."""
    with pytest.raises(BadValue):
        VideoExtractor().canonical("video-pdq", value)

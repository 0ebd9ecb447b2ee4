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
from qalqan.model.film import seen_of
from qalqan.model.items import MediaKind, RenditionKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Interval
from qalqan.model.signals import VIDEO_LOCAL, VIDEO_PDQ
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
    (value,) = [one.value for one in reading.sightings if one.kind == VIDEO_PDQ]
    return [line.split(",") for line in value.split("\n")]


def on_the_second(reading: Reading) -> list[list[str]]:
    """Return the fields of the frames at whole seconds."""
    return [line for line in lines_of(reading) if line[0].endswith(".000")]


def bits(first: str, second: str) -> int:
    """Return how many bits two hashes are apart."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def picture_hashes(image: Image.Image, desk: Desk, keep: Keep) -> list[str]:
    """Return the eight hashes of a picture."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return PictureExtractor().read(keep(out.getvalue(), MediaKind.PICTURE), desk).sightings[0].value.split()


def test_each_picture_has_a_line_at_its_time(read: Read, scenes: list[Image.Image], desk: Desk, keep: Keep) -> None:
    """A frame that shows something new has a line with its hash, upright and mirrored; the film's last has one, too."""
    reading = read(film(scenes))
    assert [line[0] for line in lines_of(reading)] == [*(f"{second}.000" for second in range(10)), "9.900"]
    for image, (_, quality, upright, mirrored) in zip(scenes, on_the_second(reading), strict=True):
        hashes = picture_hashes(image, desk, keep)
        assert int(quality) >= 50
        assert bits(upright, hashes[0]) <= 20
        assert bits(mirrored, hashes[5]) <= 20


def test_repeats_are_folded(read: Read, scenes: list[Image.Image]) -> None:
    """A picture that stands has a line a second, not one a frame."""
    seconds = [line[0] for line in lines_of(read(film(scenes[:1] * 5 + scenes[1:2])))]
    assert seconds == ["0.000", "1.000", "2.000", "3.000", "4.000", "5.000", "5.900"]


def test_length_and_size(read: Read, scenes: list[Image.Image]) -> None:
    """The reading has the video's size and seconds, and its signal spans all of it."""
    reading = read(film(scenes))
    assert (reading.width, reading.height) == (320, 240)
    assert reading.duration == pytest.approx(10, abs=0.11)
    assert [seen.kind for seen in reading.sightings] == [VIDEO_PDQ, VIDEO_LOCAL]
    assert {seen.interval for seen in reading.sightings} == {Interval(0.0, reading.duration or 0)}


def test_uneven_frames(read: Read, scenes: list[Image.Image]) -> None:
    """Frames have their own times, however unevenly they come."""
    times = [0.0, 0.4, 1.3, 1.4, 4.7, 4.9, 5.0, 5.6]
    assert [float(line[0]) for line in lines_of(read(film(scenes[:8], times)))] == times


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
    for one, other in zip(on_the_second(turned), on_the_second(upright), strict=True):
        assert bits(one[2], other[2]) <= 24


@pytest.mark.parametrize(
    ("form", "codec"),
    [("webm", "libvpx"), ("matroska", "libx264"), ("avi", "mpeg4"), ("mpegts", "libx264"), ("mov", "libx265")],
)
def test_containers_and_codecs(read: Read, scenes: list[Image.Image], form: str, codec: str) -> None:
    """What people post is read alike."""
    lines = on_the_second(read(film(scenes[:4], form=form, codec=codec)))
    reference = on_the_second(read(film(scenes[:4])))
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
    assert [line[0] for line in lines_of(reading)] == ["0.000", "1.000", "2.000", "3.000", "3.900"]
    assert reading.duration is None
    assert "QALQAN_VIDEO_SECONDS" in reading.notes[0]


def test_long_videos_come_in_parts(tmp_path: Path, scenes: list[Image.Image]) -> None:
    """The time limit holds for each ten seconds anew, and the pictures come with the last part."""
    path = tmp_path / "long.mp4"
    path.write_bytes(film(scenes * 3))
    parts = list(videos_child.dense(str(path), 10**8, 1000))
    assert [len(part["frames"]) for part in parts] == [10, 10, 11]
    assert [bool(part["pictures"]) for part in parts] == [False, False, True]


def key_framed(scenes: Sequence[Image.Image], every: int, folder: Path) -> Path:
    """Return a film of a second for each scene, ten frames each, with a key frame every so many frames."""
    path = folder / f"keys-{every}.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"sc_threshold": "0"})
        stream.width, stream.height = scenes[0].size
        stream.pix_fmt, stream.gop_size = "yuv420p", every
        for image in [image for image in scenes for _ in range(10)]:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")))
        container.mux(stream.encode())
    return path


def test_a_long_video_is_looked_at_by_its_key_frames(
    tmp_path: Path, scenes: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where reading every frame would cost much, only frames are decoded that need no others."""
    path = key_framed(scenes, 20, tmp_path)
    monkeypatch.setattr(videos_child, "CHEAP", 0)
    (part,) = videos_child.look(str(path), 10**8, 1000)
    assert part["sparse"]
    assert [float(line.split(",")[0]) for line in part["frames"]] == [0, 2, 4, 6, 8]
    assert part["read_to"] > 8


def test_of_many_key_frames_one_a_second_is_looked_at(
    tmp_path: Path, scenes: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In some films each frame is one: decoding all of them would cost as much as reading densely."""
    path = key_framed(scenes, 1, tmp_path)
    monkeypatch.setattr(videos_child, "CHEAP", 0)
    (part,) = videos_child.look(str(path), 10**8, 1000)
    assert [float(line.split(",")[0]) for line in part["frames"]] == list(range(10))


def test_a_video_with_hardly_any_key_frame_is_read_densely(
    tmp_path: Path, scenes: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the key frames said is forgotten then."""
    path = key_framed(scenes * 3, 299, tmp_path)
    monkeypatch.setattr(videos_child, "CHEAP", 0)
    sparse, *parts = videos_child.look(str(path), 10**8, 1000)
    assert (sparse["sparse"], len(sparse["frames"])) == (True, 2)
    assert [part["anew"] for part in parts] == [True, False, False]
    assert sum(len(part["frames"]) for part in parts) == 31


def test_a_stretch_is_read_closely(keep: Keep, desk: Desk, scenes: list[Image.Image]) -> None:
    """Every frame of it and of a second around it; stretches that touch are one."""
    subject = keep(film(scenes), MediaKind.VIDEO)
    reading = VideoExtractor().look_closer(subject, desk, [Interval(4, 5), Interval(5.5, 6)])
    assert [line[0] for line in lines_of(reading)] == ["3.000", "4.000", "5.000", "6.000", "6.900"]
    assert {one.interval for one in reading.sightings} == {Interval(3, 7)}


def test_stretches_far_apart_are_signals_of_their_own(keep: Keep, desk: Desk, scenes: list[Image.Image]) -> None:
    """Each with its interval, none beyond the film."""
    subject = keep(film(scenes), MediaKind.VIDEO)
    reading = VideoExtractor().look_closer(subject, desk, [Interval(8, 30), Interval(1, 1.5), Interval(50, 60)])
    frames = [one.interval for one in reading.sightings if one.kind == VIDEO_PDQ and one.interval]
    assert [round(one.start) for one in frames] == [0, 7]
    assert frames[-1].end == pytest.approx(10, abs=0.2)


def test_a_known_video_is_read_densely(keep: Keep, desk: Desk, scenes: list[Image.Image]) -> None:
    """Its local features have at most 200 points a frame."""
    extractor = VideoExtractor()
    reading = extractor.read_known(keep(film(scenes[:3]), MediaKind.VIDEO), desk)
    (local,) = [one.value for one in reading.sightings if one.kind == VIDEO_LOCAL]
    seen = seen_of(extractor.canonical(VIDEO_LOCAL, local))
    assert [one.seconds for one in seen] == [0, 1, 2]
    assert all(0 < len(one.local.points) <= 200 for one in seen)


def test_a_known_video_has_upright_hashes_in_order() -> None:
    """Frames are sorted by time, mirrored hashes left out."""
    value = f"2.0,90,{'AB' * 32}\n0,100,{'cd' * 32},{'ef' * 32}"
    assert VideoExtractor().canonical("video-pdq", value) == f"0.000,100,{'cd' * 32}\n2.000,90,{'ab' * 32}"


@pytest.mark.parametrize(
    "value", ["", "x", "1,2", f"nan,5,{'0' * 64}", f"-1,5,{'0' * 64}", f"1,101,{'0' * 64}", "1,5,00"]
)
def test_a_value_that_is_no_video_is_refused(value: str) -> None:
    """Each frame needs seconds, a quality and a hash, or features."""
    for kind in (VIDEO_PDQ, VIDEO_LOCAL):
        with pytest.raises(BadValue):
            VideoExtractor().canonical(kind, value)

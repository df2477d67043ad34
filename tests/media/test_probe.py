import os
import shutil
import sys
import threading
import wave

import av
import numpy as np
import pytest

from mio_fidelity.errors import UserError
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.peaks import BIN_MS
from mio_fidelity.media.probe import Examined, clock, examine
from mio_fidelity.media.progress import Cancelled
from tests import media_factory
from tests.media_factory import KINDS, RECIPES, make

SECONDS = 6
CODEC_DELAY_MS = 60
WITHOUT_DAMAGE_MARKS = {"wav"}
# Their index is at the end, so a copy that breaks off cannot be opened.
INDEX_AT_END = {"m4a", "mp4"}
# Nothing in them tells how long they should be.
WITHOUT_LENGTH = {"mp3_vbr_headerless"}


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    return {kind: make(folder / f"{kind}{RECIPES[kind].suffix}", SECONDS, kind) for kind in KINDS}


@pytest.fixture
def copy_of(originals, tmp_path):
    return lambda kind: shutil.copy(originals[kind], tmp_path / originals[kind].name)


def keys(examined: Examined) -> list[str]:
    return [problem.key for problem in examined.problems]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_file_of_every_kind_has_its_true_length_and_no_problem(originals, kind):
    examined = examine(originals[kind])
    assert examined.duration_ms == pytest.approx(SECONDS * 1000, abs=CODEC_DELAY_MS)
    assert examined.heard_ms == examined.duration_ms
    assert examined.packet_errors == 0
    assert examined.problems == ()
    assert examined.kind == ("video" if kind in {"mp4", "webm"} else "audio")
    assert examined.sample_rate == RECIPES[kind].rate
    assert examined.channels == (2 if RECIPES[kind].layout == "stereo" else 1)
    assert examined.byte_size == originals[kind].stat().st_size
    assert examined.sha256 == fingerprint(originals[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_the_peaks_show_the_silent_gaps_where_they_are(originals, kind):
    peaks = examine(originals[kind]).peaks
    assert len(peaks.high) * BIN_MS == pytest.approx(SECONDS * 1000, abs=CODEC_DELAY_MS)
    for cycle_ms in range(0, SECONDS * 1000, 2000):
        silence = peaks.columns(cycle_ms + 1560, cycle_ms + 1940, 20)
        speech = peaks.columns(cycle_ms + 60, cycle_ms + 1440, 5)
        assert np.abs(silence).max() < 0.1
        assert speech[:, 1].min() > 0.4
        assert speech[:, 0].max() < -0.4


def test_a_variable_mp3_without_header_has_its_true_length_although_the_header_is_guessed(originals):
    path = originals["mp3_vbr_headerless"]
    with av.open(str(path)) as container:
        guessed_ms = container.duration / 1000
    examined = examine(path)
    assert abs(guessed_ms - SECONDS * 1000) > 200
    assert examined.claimed_ms is None
    assert examined.duration_ms == pytest.approx(SECONDS * 1000, abs=CODEC_DELAY_MS)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - INDEX_AT_END - WITHOUT_LENGTH))
def test_a_file_cut_short_is_reported_with_what_can_be_heard(copy_of, kind):
    examined = examine(media_factory.truncated(copy_of(kind), 0.6))
    assert keys(examined) == ["truncated"]
    assert 2500 < examined.heard_ms < 4500
    assert clock(examined.heard_ms) in str(examined.problems[0])


@pytest.mark.parametrize("kind", sorted(INDEX_AT_END))
def test_a_file_whose_index_was_cut_off_is_refused(copy_of, kind):
    with pytest.raises(UserError, match="no sound that can be decoded"):
        examine(media_factory.truncated(copy_of(kind), 0.6))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - WITHOUT_DAMAGE_MARKS))
def test_damage_in_the_middle_is_reported_and_the_rest_decoded(copy_of, kind):
    examined = examine(media_factory.corrupt_middle(copy_of(kind)))
    assert {"damaged", "gaps"} & set(keys(examined))
    assert 3000 < examined.heard_ms < SECONDS * 1000
    assert examined.heard_ms <= examined.duration_ms
    end = examined.peaks.columns(examined.duration_ms - 950, examined.duration_ms - 600, 3)
    assert end[:, 1].min() > 0.4


@pytest.mark.parametrize("kind", ["mp3_cbr", "m4a"])
def test_pieces_that_cannot_be_decoded_are_counted_in_silence(copy_of, capfd, kind):
    examined = examine(media_factory.corrupt_middle(copy_of(kind)))
    assert examined.packet_errors >= 8
    assert str(examined.packet_errors) in str(next(p for p in examined.problems if p.key == "damaged"))
    assert capfd.readouterr() == ("", "")


def test_what_is_lost_inside_stays_silent_and_does_not_move_what_follows(copy_of):
    whole = examine(copy_of("m4a"))
    damaged = examine(media_factory.corrupt_middle(copy_of("m4a")))
    assert damaged.duration_ms == whole.duration_ms
    assert damaged.heard_ms < whole.heard_ms
    assert np.allclose(damaged.peaks.columns(4200, 6000, 18), whole.peaks.columns(4200, 6000, 18), atol=0.05)


@pytest.mark.parametrize(
    "suffix", [".wav", ".mp3", ".m4a", ".flac", ".ogg", ".opus", ".wma", ".mp4", ".webm"]
)
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (media_factory.garbage, "no sound that can be decoded"),
        (media_factory.text_as, "no sound that can be decoded"),
        (media_factory.zero_bytes, r"empty \(0 bytes\)"),
    ],
)
def test_what_is_no_recording_is_refused_without_naming_the_file(tmp_path, capfd, suffix, spoil, sentence):
    path = tmp_path / f"client_name{suffix}"
    spoil(path)
    with pytest.raises(UserError, match=sentence) as told:
        examine(path)
    assert "client_name" not in str(told.value)
    assert told.value.__cause__ is None
    assert capfd.readouterr() == ("", "")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="a folder"):
        examine(tmp_path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="not there any more"):
        examine(tmp_path / "gone.mp3")


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = make(tmp_path / "locked.wav", 1, "wav")
    path.chmod(0)
    account = os.geteuid()
    if account == 0:
        # Permissions do not stop the root account.
        os.seteuid(65534)
    try:
        with pytest.raises(UserError, match="may not read"):
            examine(path)
    finally:
        os.seteuid(account)


def test_a_playlist_under_a_recordings_name_is_not_followed(tmp_path):
    make(tmp_path / "other.mp3", 2, "mp3_cbr")
    playlist = tmp_path / "list.mp3"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nother.mp3\n#EXT-X-ENDLIST\n")
    with pytest.raises(UserError, match="no sound that can be decoded"):
        examine(playlist)


def test_a_picture_without_sound_is_refused(tmp_path):
    path = tmp_path / "mute.mp4"
    write_picture_and_sound(path, picture_s=2, sound_s=0)
    with pytest.raises(UserError, match="picture but no sound"):
        examine(path)


def test_sound_that_ends_long_before_the_picture_is_reported(tmp_path):
    path = tmp_path / "short_sound.mp4"
    write_picture_and_sound(path, picture_s=8, sound_s=3)
    examined = examine(path)
    assert keys(examined) == ["picture_longer"]
    assert str(examined.problems[0]) == "The sound ends at 0:00:03, but the picture goes on to 0:00:08."


def test_sound_in_an_unknown_coding_is_refused(copy_of):
    path = copy_of("m4a")
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"zzzz").replace(b"esds", b"zzzz"))
    with pytest.raises(UserError, match="no sound that can be decoded"):
        examine(path)


def test_a_recording_of_silence_is_reported(tmp_path):
    path = tmp_path / "silent.wav"
    write_wav(path, np.zeros(16_000, np.int16))
    examined = examine(path)
    assert keys(examined) == ["silent"]
    assert "0:00:02" in str(examined.problems[0])


def test_a_wav_file_without_a_single_sample_is_refused(tmp_path):
    path = tmp_path / "nothing.wav"
    write_wav(path, np.zeros(0, np.int16))
    with pytest.raises(UserError, match="no sound that can be decoded"):
        examine(path)


def test_a_very_short_recording_is_taken(tmp_path):
    examined = examine(make(tmp_path / "short.wav", 0.2, "wav"))
    assert examined.duration_ms == 200
    assert examined.problems == ()


def test_a_wav_file_written_into_a_pipe_promises_no_length_that_could_be_missed(originals, tmp_path):
    data = bytearray(originals["wav"].read_bytes())
    at = data.index(b"data")
    data[4:8] = data[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    path = tmp_path / "piped.wav"
    path.write_bytes(data)
    examined = examine(path)
    assert examined.problems == ()
    assert examined.duration_ms == SECONDS * 1000


def test_a_cover_picture_does_not_make_an_mp3_a_video(originals, tmp_path):
    path = tmp_path / "cover.mp3"
    with av.open(str(originals["mp3_cbr"])) as source, av.open(str(path), "w") as target:
        sound = target.add_stream_from_template(source.streams.audio[0])
        cover = target.add_stream("mjpeg")
        cover.width = cover.height = 32
        cover.pix_fmt = "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        target.mux(cover.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = sound
                target.mux(packet)
    examined = examine(path)
    assert examined.kind == "audio"
    assert examined.problems == ()


def test_a_title_in_another_encoding_does_no_harm(copy_of):
    path = copy_of("wav")
    text = b"Sitzung f\xfcr Frau M\xe4r "
    info = b"INFOINAM" + len(text).to_bytes(4, "little") + text
    data = path.read_bytes() + b"LIST" + len(info).to_bytes(4, "little") + info
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    assert examine(path).problems == ()


def test_a_change_from_mono_to_stereo_inside_is_survived(tmp_path):
    mono = make(tmp_path / "mono.mp3", 3, "mp3_vbr_headerless")
    stereo = tmp_path / "stereo.mp3"
    with av.open(str(stereo), "w", options={"write_xing": "0", "id3v2_version": "0"}) as output:
        stream = output.add_stream("libmp3lame", rate=22_050, layout="stereo")
        tone = np.tile(media_factory.sound(3, 22_050), (2, 1))
        frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="stereo")
        frame.sample_rate = 22_050
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(mono.read_bytes() + stereo.read_bytes())
    examined = examine(joined)
    assert examined.heard_ms == pytest.approx(6000, abs=200)
    assert examined.channels == 2


def test_progress_goes_forward_to_the_end(originals):
    told = []
    examine(originals["mp3_cbr"], on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(told) > 1


def test_it_stops_when_asked(originals):
    asked = threading.Event()

    def tell(share: float) -> None:
        asked.set()

    with pytest.raises(Cancelled):
        examine(originals["mp3_cbr"], on_progress=tell, cancelled=asked.is_set)


def write_wav(path, samples):
    with wave.open(str(path), "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(8000)
        output.writeframes(samples.tobytes())


def write_picture_and_sound(path, picture_s, sound_s):
    with av.open(str(path), "w") as output:
        picture = output.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        sound = output.add_stream("aac", rate=16_000, layout="mono") if sound_s else None
        if sound is not None:
            tone = media_factory.sound(sound_s, 16_000).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate = 16_000
            output.mux(sound.encode(frame))
            output.mux(sound.encode(None))
        for number in range(picture_s * 10):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            frame.pts = number
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))

"""Which of VLC's sound outputs to ask for."""

import ctypes
import sys

ALSA = "alsa"
_PLAYBACK, _DO_NOT_WAIT = 0, 1
# What a device is called that hands the sound to a sound server instead of to the hardware.
_TO_A_SERVER = "IOPLUG"
_SAYS_NOTHING = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)


def best_output() -> str | None:
    """ALSA's on Linux where that leads to the sound server; else None, what VLC chooses by itself.

    VLC's own output for PulseAudio (and PipeWire) misreads its delay right after a seek and throws away what
    it was given until then: measured, up to 0.2 s out of a file and 0.6 s out of the vault are not heard.
    """
    return ALSA if sys.platform == "linux" and _default_device() == _TO_A_SERVER else None


def caching_ms(output: str | None) -> int:
    """How much of a file VLC reads ahead for an output; for the vault it is 300 ms, whatever one says.

    Measured: with less than that, through ALSA an mp3 file is now and then heard two in a hundred too slow
    after a seek. Elsewhere, with that much, the reported position runs a third of a second behind.
    """
    return 300 if output == ALSA else 100


def _default_device() -> str:
    """What kind of device ALSA plays to; empty when there is none, or somebody else has it."""
    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:
        return ""
    alsa.snd_pcm_type_name.restype = ctypes.c_char_p
    device, quiet = ctypes.c_void_p(), _SAYS_NOTHING(lambda *_: None)
    # Else it explains at length on the terminal that there is no such device.
    alsa.snd_lib_error_set_handler(quiet)
    try:
        if alsa.snd_pcm_open(ctypes.byref(device), b"default", _PLAYBACK, _DO_NOT_WAIT) < 0:
            return ""
        name: bytes = alsa.snd_pcm_type_name(alsa.snd_pcm_type(device)) or b""
        alsa.snd_pcm_close(device)
        return name.decode()
    finally:
        alsa.snd_lib_error_set_handler(None)
        # What it found is not to be believed for ever: a sound server may be started later.
        alsa.snd_config_update_free_global()

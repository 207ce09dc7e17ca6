"""Video files for tests, made by the program ffmpeg: valid ones and every kind of invalid one."""

import functools
import pathlib
import subprocess
import tempfile

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@functools.cache
def made(name, *arguments):
    """The bytes of the file that ffmpeg makes; the ending of the name is its container."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments, "-fflags", "+bitexact", "-flags", "+bitexact",
                        path], check=True)
        return path.read_bytes()


def scenes(number=0, name="scenes.mp4", codec=H264):
    """Three scenes of a second each; other numbers are other videos."""
    colour = f"0x{(number * 70_001) % 0x1000000:06x}"
    return made(name, "-f", "lavfi", "-i", f"color={colour}:s=160x120:r=10:d=1,drawgrid=w=20:h=20:c=white", "-f", "lavfi", "-i",
                "testsrc=s=160x120:r=10:d=1", "-f", "lavfi", "-i", "rgbtestsrc=s=160x120:r=10:d=1,drawgrid=w=30:h=30:c=black",
                "-filter_complex", "[0][1][2]concat=n=3", *codec)


def sound_only():
    return made("sound.mp4", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac")


def ten_hours():
    return made("long.mp4", "-f", "lavfi", "-i", "color=s=64x64:r=1/3600:d=36000", *H264)


def wide():
    """Frames of 6144 x 6144 pixels in a small file: a decompression bomb."""
    return made("wide.mp4", "-f", "lavfi", "-i", "color=s=6144x6144:r=1:d=2", *H264)


def many_streams(count):
    """An MP4 whose first track is repeated."""
    file = made("one.mp4", "-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=1", *H264)
    moov = file.rindex(b"moov") - 4
    track = file.index(b"trak", moov) - 4
    copies = file[track:track + int.from_bytes(file[track:track + 4])] * count
    size = int.from_bytes(file[moov:moov + 4]) + len(copies)
    return file[:moov] + size.to_bytes(4) + file[moov + 4:track] + copies + file[track:]

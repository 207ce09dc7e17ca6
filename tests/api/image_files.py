"""Image files for tests: valid ones and every kind of invalid one."""

import base64
import io
import struct
import zlib

from PIL import Image, ImageDraw


def encode(image, form="JPEG", **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def drawn(colour=(180, 30, 40), size=(240, 300), shape="dress"):
    """A garment-like figure on a light ground; embedders tell different colours and shapes apart."""
    image = Image.new("RGB", size, (240, 238, 232))
    pen = ImageDraw.Draw(image)
    w, h = size
    if shape == "dress":
        pen.polygon([(w * .4, h * .1), (w * .6, h * .1), (w * .8, h * .9), (w * .2, h * .9)], fill=colour)
    elif shape == "box":
        pen.rectangle([w * .2, h * .3, w * .8, h * .7], fill=colour)
    else:
        pen.ellipse([w * .2, h * .2, w * .8, h * .8], fill=colour)
    return image


def distinct(number):
    """The image with that number. All differ in colour and shape."""
    colour = ((number * 67) % 256, (number * 131 + 40) % 256, (number * 29 + 90) % 256)
    return drawn(colour, shape=("dress", "box", "round")[number % 3])


def jpeg(number=1):
    return encode(distinct(number), quality=90)


def text(content):
    return base64.b64encode(content).decode()


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, rows, depth=8, colour=2):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def huge_header():
    """A 50,000 x 50,000 PNG of 100 bytes."""
    return png(50_000, 50_000, zlib.compress(b"\0" * 1000))


def bomb():
    """A PNG of 100 kB that decompresses to 100 MB of pixels, with the right size in its header."""
    return png(9_999, 9_999, zlib.compress(b"\0" * 100_000_000, 9), depth=8, colour=0)


def wide_bomb():
    """A PNG of 1,000,000 x 100 black pixels in 292 kB. Its decoded rows take hundreds of megabytes."""
    pack = zlib.compressobj(9)
    row = b"\0" * 3_000_001
    return png(1_000_000, 100, b"".join(pack.compress(row) for _ in range(100)) + pack.flush())


def interlaced(width, height):
    """A black interlaced RGB PNG, which a decoder must hold in memory as a whole."""
    pack = zlib.compressobj(9)
    data = []
    for left, top, right, down in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
                                   (0, 1, 1, 2)):
        row = b"\0" * (1 + 3 * ((width - left + right - 1) // right))
        data += [pack.compress(row) for _ in range((height - top + down - 1) // down)]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"".join(data) + pack.flush())
            + png_chunk(b"IEND", b""))


def animated_gif():
    frames = [drawn((200, 0, 0)), drawn((0, 0, 200)), drawn((0, 200, 0))]
    return encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)


def sixteen_bit():
    return encode(Image.new("I;16", (64, 64), 40_000), "PNG")


def cmyk():
    return encode(drawn().convert("CMYK"))

"""Writes pictures of every kind and what each must become: make_pictures.py DIRECTORY.

PNG files come from the encoder below, which writes every colour type, depth, interlacing, transparency and chunk; so does every
JPEG that Pillow cannot write. Pillow decodes all that it can: the pixels of a PNG are compared with the ones encoded, a JPEG is
what Pillow says. DIRECTORY/expected.tsv has a line for each file: its name, the tolerance, and 3072 hexadecimal bytes; or its
name, "refused", and a part of the message.
"""
import io
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

OUT = pathlib.Path(sys.argv[1])
RNG = np.random.default_rng(1)
LINES = []
SIZES = [(41, 20), (19, 34), (32, 32), (5, 4), (1, 1), (77, 70)]


# ---- what a picture becomes ----


def weights(side):
    edges = np.arange(side + 1) * 32
    low = np.maximum(edges[:-1][None, :], np.arange(32)[:, None] * side)
    high = np.minimum(edges[1:][None, :], (np.arange(32)[:, None] + 1) * side)
    return np.maximum(0, high - low).astype(np.float64)


def converted(rgba):
    """[height, width, 4] in [0, 255] to [3, 32, 32]: on white, the central square, means of areas."""
    pixels = rgba.astype(np.float64)
    opacity = pixels[..., 3:] / 255
    shown = pixels[..., :3] * opacity + 255 * (1 - opacity)
    height, width = shown.shape[:2]
    side = min(width, height)
    top, left = (height - side) // 2, (width - side) // 2
    square = shown[top : top + side, left : left + side]
    w = weights(side)
    means = np.einsum("ty,yxc,ux->ctu", w, square, w) / side**2
    return np.floor(means + 0.5 + 1e-9).astype(np.uint8)


def expect(name, data, rgba, tolerance):
    (OUT / name).write_bytes(data)
    LINES.append(f"{name}\t{tolerance}\t{converted(rgba).tobytes().hex()}")


def refuse(name, data, message):
    (OUT / name).write_bytes(data)
    LINES.append(f"{name}\trefused\t{message}")


# ---- PNG ----


def chunk(kind, data, crc=None):
    check = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def packed(samples, depth):
    """[height, width, channels] to rows of bytes."""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        return rows.astype(">u2").view(np.uint8).reshape(rows.shape[0], -1)
    if depth == 8:
        return rows.astype(np.uint8)
    bits = ((rows[..., None] >> np.arange(depth)[::-1]) & 1).reshape(rows.shape[0], -1)
    return np.packbits(bits.astype(np.uint8), axis=1)


def filtered(rows, step):
    """Every filter in turn."""
    result = bytearray()
    above = np.zeros(rows.shape[1], np.int32)
    for y, row in enumerate(rows.astype(np.int32)):
        left = np.concatenate([np.zeros(step, np.int32), row[:-step]]) if row.size > step else np.zeros_like(row)
        corner = np.concatenate([np.zeros(step, np.int32), above[:-step]]) if row.size > step else np.zeros_like(row)
        estimate = left + above - corner
        a, b, c = abs(estimate - left), abs(estimate - above), abs(estimate - corner)
        paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, above, corner))
        kind = (y + rows.shape[1]) % 5
        guess = [0, left, above, (left + above) // 2, paeth][kind]
        result.append(kind)
        result += ((row - guess) & 255).astype(np.uint8).tobytes()
        above = row
    return bytes(result)


def png(samples, colour, depth, interlaced=False, palette=None, trns=None, before=b"", after=b"", split=100):
    height, width = samples.shape[:2]
    step = max(1, SAMPLES[colour] * depth // 8)
    raw = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.size:
            raw += filtered(packed(part, depth), step)
    body = zlib.compress(raw)
    data = b"\x89PNG\r\n\x1a\n"
    data += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    data += before
    if palette is not None:
        data += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if trns is not None:
        data += chunk(b"tRNS", trns)
    for at in range(0, len(body), split):
        data += chunk(b"IDAT", body[at : at + split])
    return data + after + chunk(b"IEND", b"")


def to_rgba(samples, colour, depth, palette, alphas, transparent):
    """What the standard says that the samples mean."""
    top = (1 << depth) - 1
    if colour == 3:
        table = np.zeros((256, 4))
        table[:, 3] = 255
        table[: len(palette), :3] = palette
        if alphas is not None:
            table[: len(alphas), 3] = alphas
        return table[samples[..., 0]]
    # 16 bits: upper byte of grey, nearest of colours.
    scaled = samples >> 8 if depth == 16 and colour in (0, 4) else np.floor(samples * 255 / top + 0.5)
    if depth < 8:
        scaled = samples * 255 // top
    rgba = np.full(samples.shape[:2] + (4,), 255.0)
    rgba[..., :3] = scaled[..., :3] if colour in (2, 6) else scaled[..., :1]
    if colour in (4, 6):
        rgba[..., 3] = scaled[..., -1]
    if transparent is not None:
        rgba[..., 3] = np.where((samples == np.array(transparent)).all(axis=2), 0, 255)
    return rgba


def pattern(width, height, channels, depth):
    """Coarse noise, so that samples repeat."""
    coarse = RNG.integers(0, 1 << depth, ((height + 2) // 3, (width + 2) // 3, channels))
    return coarse.repeat(3, axis=0).repeat(3, axis=1)[:height, :width]


def pillow(data):
    image = Image.open(io.BytesIO(data))
    if image.mode.startswith("I"):
        return np.asarray(image).astype(np.int64) >> 8
    return np.asarray(image.convert("RGBA")).astype(np.float64)


def all_png():
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            for interlaced in (False, True):
                for transparency in ("none", "used", "unused") if colour in (0, 2, 3) else ("none",):
                    for width, height in SIZES:
                        one_png(colour, depth, interlaced, transparency, width, height)


def one_png(colour, depth, interlaced, transparency, width, height):
    samples = pattern(width, height, SAMPLES[colour], depth)
    palette = RNG.integers(0, 256, (1 << depth, 3)) if colour == 3 else None
    alphas = transparent = trns = None
    if transparency != "none":
        if colour == 3:
            count = 1 << depth if transparency == "used" else max(1, (1 << depth) // 2)
            alphas = RNG.integers(0, 256, count) if transparency == "used" else np.full(count, 255)
            trns = alphas.astype(np.uint8).tobytes()
        else:
            seen = {tuple(p) for p in samples.reshape(-1, samples.shape[2])}
            free = [v for v in range(1 << min(depth, 12)) if (v,) * samples.shape[2] not in seen]
            if transparency == "unused" and not free:
                return
            transparent = tuple(samples[height // 2, width // 2]) if transparency == "used" else (free[0],) * samples.shape[2]
            trns = b"".join(struct.pack(">H", v) for v in transparent)
    data = png(samples, colour, depth, interlaced, palette, trns)
    rgba = to_rgba(samples, colour, depth, palette, alphas, transparent)
    name = f"png-{colour}-{depth}{'-interlaced' if interlaced else ''}-{transparency}-{width}x{height}.png"
    # Pillow takes the upper byte of 16 bits, and compares transparent colours only with samples of 8.
    seen_by_pillow = pillow(data)
    if seen_by_pillow.ndim == 2:
        assert (seen_by_pillow == rgba[..., 0]).all(), name
    elif depth == 8 or transparent is None:
        assert abs(seen_by_pillow - rgba).max() <= (1 if depth == 16 else 0), name
    partly = alphas is not None or colour in (4, 6)
    expect(name, data, rgba, 1 if partly else 0)


def malformed_png():
    samples = pattern(40, 30, 3, 8)
    rgba = to_rgba(samples, 2, 8, None, None, None)
    exif = tiff("<", 1)
    parts = {
        "text-without-end": chunk(b"tEXt", b"Comment"),
        "text-empty": chunk(b"tEXt", b""),
        "text-wrong-sum": chunk(b"tEXt", b"Comment\0x", 7),
        "ztxt-not-zlib": chunk(b"zTXt", b"Comment\0\0nonsense"),
        "itxt-short": chunk(b"iTXt", b"a\0"),
        "itxt-not-utf8": chunk(b"iTXt", b"a\0\0\0\0\0\xff\xfe"),
        "profile-nonsense": chunk(b"iCCP", b"a\0\0nonsense"),
        "exif-nonsense": chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"),
        "exif-cut": chunk(b"eXIf", exif[:12]),
        "gamma-short": chunk(b"gAMA", b"\0"),
        "gamma": chunk(b"gAMA", struct.pack(">I", 100000)),
        "time-nonsense": chunk(b"tIME", b"\xff" * 7),
        "density-short": chunk(b"pHYs", b"\0"),
        "unknown": chunk(b"teSt", b"x" * 1000),
        "background": chunk(b"bKGD", b"\0\1\0\2\0\3"),
        "background-long": chunk(b"bKGD", b"\0\1\0\2\0\3\0\4"),
        "bits-nonsense": chunk(b"sBIT", b"\xff"),
        "histogram": chunk(b"hIST", b"\0"),
    }
    for name, part in parts.items():
        expect(f"png-before-{name}.png", png(samples, 2, 8, before=part), rgba, 0)
        expect(f"png-after-{name}.png", png(samples, 2, 8, after=part), rgba, 0)
    expect("png-transparency-short.png", png(samples, 2, 8, trns=b"\0\1"), rgba, 0)
    whole = png(samples, 2, 8)
    end = len(whole) - 12
    expect("png-without-end.png", whole[:end], rgba, 0)
    expect("png-behind-end.png", whole + b"more", rgba, 0)
    for percent in (0, 1, 10, 50, 90, 99):
        start = 33
        cut = start + 8 + (end - 16 - start - 8) * percent // 100
        refuse(f"png-cut-{percent}.png", whole[:cut], "is cut off")
        laced = png(samples, 2, 8, interlaced=True)
        cut = start + 8 + (len(laced) - 12 - 16 - start - 8) * percent // 100
        refuse(f"png-cut-interlaced-{percent}.png", laced[:cut], "is cut off")
    refuse("png-cut-in-header.png", whole[:20], "is cut off or damaged")
    refuse("png-without-pixels.png", whole[:33] + chunk(b"IEND", b""), "is cut off: it has no pixels")
    refuse("png-header-sum.png", whole[:29] + b"abcd" + whole[33:], "the checksum of its IHDR is wrong")
    one = png(samples, 2, 8, split=1 << 30)
    wrong = bytearray(one)
    wrong[-12 - 4 - 1] ^= 1
    refuse("png-pixel-sum.png", bytes(wrong), "is damaged: its compressed pixels are wrong")
    refuse("png-without-palette.png", png(pattern(9, 9, 1, 8), 3, 8), "is damaged: it has no palette")
    refuse("png-depth.png", png(pattern(9, 9, 3, 8), 2, 4), "has no samples of 4 bits")
    refuse("png-apple.png", whole[:8] + chunk(b"CgBI", b"\0\0\0\0") + whole[33:], "CgBI")


# ---- JPEG ----


def tiff(order, orientation, kind=3):
    head = b"II*\0" if order == "<" else b"MM\0*"
    entries = [(0x010F, 2, 4, b"abc\0"), (0x0112, kind, 1, struct.pack(order + "HH", orientation, 0))]
    data = head + struct.pack(order + "I", 8) + struct.pack(order + "H", len(entries))
    for tag, form, count, value in entries:
        data += struct.pack(order + "HHI", tag, form, count) + value
    return data + b"\0\0\0\0"


def segment(marker, data):
    return bytes([255, marker]) + struct.pack(">H", len(data) + 2) + data


def with_segment(data, marker, content):
    return data[:2] + segment(marker, content) + data[2:]


def photo(width, height, channels=3):
    small = RNG.integers(0, 256, (5, 6, channels)).astype(np.uint8)
    planes = [Image.fromarray(small[..., i]).resize((width, height), Image.BICUBIC) for i in range(channels)]
    image = np.stack([np.asarray(p) for p in planes], axis=2).astype(np.int32)
    return np.clip(image + RNG.integers(-9, 10, image.shape), 0, 255).astype(np.uint8)


def saved(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else -(i // 8)))


class Bits:
    def __init__(self):
        self.value, self.count, self.data = 0, 0, bytearray()

    def put(self, value, count):
        self.value = self.value << count | value
        self.count += count
        while self.count >= 8:
            byte = self.value >> (self.count - 8) & 255
            self.data.append(byte)
            if byte == 255:
                self.data.append(0)
            self.count -= 8
        self.value &= (1 << self.count) - 1

    def flush(self):
        if self.count:
            self.put((1 << (8 - self.count)) - 1, 8 - self.count)


def encoded(planes, ids, head=b"", restart=0, separate=False):
    """A baseline JPEG of planes as they are, [height, width, n], with codes of one length; or with a scan for each plane."""
    height, width, n = planes.shape
    dct = np.array([[np.sqrt((1 if k == 0 else 2) / 8) * np.cos((2 * i + 1) * k * np.pi / 16) for i in range(8)] for k in range(8)])
    # 162 symbols of AC and 12 of DC: codes of one length.
    ac = [0x00, 0xF0] + [run << 4 | size for run in range(16) for size in range(1, 11)]
    dc = list(range(12))
    data = b"\xff\xd8" + head + segment(0xDB, bytes([0] + [2] * 64))
    data += segment(0xC0, struct.pack(">BHHB", 8, height, width, n) + b"".join(bytes([i, 0x11, 0]) for i in ids))
    data += segment(0xC4, bytes([0x00] + [0, 0, 0, 12] + [0] * 12 + dc))
    data += segment(0xC4, bytes([0x10] + [0, 0, 0, 0, 0, 0, 0, len(ac)] + [0] * 8 + ac))
    if restart:
        data += segment(0xDD, struct.pack(">H", restart))
    padded = np.pad(planes, ((0, -height % 8), (0, -width % 8), (0, 0)), mode="edge").astype(np.float64) - 128
    for scan in [[c] for c in range(n)] if separate else [range(n)]:
        data += segment(0xDA, bytes([len(scan)]) + b"".join(bytes([ids[c], 0]) for c in scan) + bytes([0, 63, 0]))
        bits, last, done = Bits(), [0] * n, 0
        for y in range(0, padded.shape[0], 8):
            for x in range(0, padded.shape[1], 8):
                if restart and done and done % restart == 0:
                    bits.flush()
                    bits.data += bytes([255, 0xD0 + (done // restart - 1) % 8])
                    last = [0] * n
                done += 1
                for c in scan:
                    block = np.rint(dct @ padded[y : y + 8, x : x + 8, c] @ dct.T / 2).astype(int).ravel()
                    last[c] = put_block(bits, [int(block[i]) for i in ZIGZAG], last[c], dc, ac)
        bits.flush()
        data += bytes(bits.data)
    return data + b"\xff\xd9"


def put_block(bits, values, last, dc, ac):
    difference = values[0] - last
    size = abs(difference).bit_length()
    bits.put(dc.index(size), 4)
    bits.put(difference if difference >= 0 else difference + (1 << size) - 1, size)
    run = 0
    for value in values[1:]:
        if value == 0:
            run += 1
            continue
        while run > 15:
            bits.put(ac.index(0xF0), 8)
            run -= 16
        size = abs(value).bit_length()
        bits.put(ac.index(run << 4 | size), 8)
        bits.put(value if value >= 0 else value + (1 << size) - 1, size)
        run = 0
    if run:
        bits.put(ac.index(0), 8)
    return values[0]


def rgba_of(data):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    return np.asarray(image.convert("RGB").convert("RGBA"))


def expect_jpeg(name, data, tolerance=2):
    expect(name + ".jpg", data, rgba_of(data), tolerance)


JFIF = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


def all_jpeg():
    for width, height in SIZES:
        size = f"{width}x{height}"
        colour = Image.fromarray(photo(width, height))
        for subsampling in (0, 1, 2):
            for progressive in (False, True):
                kind = f"{subsampling}{'-progressive' if progressive else ''}-{size}"
                data = saved(colour, quality=92, subsampling=subsampling, progressive=progressive)
                expect_jpeg(f"jpeg-{kind}", data)
        grey = Image.fromarray(photo(width, height, 1)[..., 0])
        expect_jpeg(f"jpeg-grey-{size}", saved(grey, quality=92))
        expect_jpeg(f"jpeg-grey-progressive-{size}", saved(grey, quality=92, progressive=True))
        cmyk = Image.fromarray(photo(width, height, 4), "CMYK")
        expect_jpeg(f"jpeg-cmyk-{size}", saved(cmyk, quality=92))
        expect_jpeg(f"jpeg-cmyk-progressive-{size}", saved(cmyk, quality=92, progressive=True))
        four = photo(width, height, 4)
        expect_jpeg(f"jpeg-cmyk-plain-{size}", encoded(four, (1, 2, 3, 4)))
        expect_jpeg(f"jpeg-cmyk-adobe-{size}", encoded(four, (1, 2, 3, 4), adobe(0)))
        expect_jpeg(f"jpeg-ycck-{size}", encoded(four, (1, 2, 3, 4), adobe(2)))
        three = photo(width, height)
        expect_jpeg(f"jpeg-jfif-{size}", encoded(three, (1, 2, 3), JFIF))
        expect_jpeg(f"jpeg-plain-{size}", encoded(three, (1, 2, 3)))
        expect_jpeg(f"jpeg-rgb-ids-{size}", encoded(three, (ord("R"), ord("G"), ord("B"))))
        expect_jpeg(f"jpeg-rgb-adobe-{size}", encoded(three, (1, 2, 3), adobe(0)))
        expect_jpeg(f"jpeg-ycc-adobe-{size}", encoded(three, (1, 2, 3), adobe(1)))
        expect_jpeg(f"jpeg-scans-{size}", encoded(three, (1, 2, 3), JFIF, separate=True))
        expect_jpeg(f"jpeg-scans-cmyk-{size}", encoded(four, (1, 2, 3, 4), adobe(0), separate=True))
        for restart in (1, 3, 50):
            expect_jpeg(f"jpeg-restart-{restart}-{size}", encoded(three, (1, 2, 3), JFIF, restart))
        for orientation in range(1, 9):
            for order in "<>":
                exif = b"Exif\0\0" + tiff(order, orientation)
                name = f"jpeg-exif-{orientation}-{'little' if order == '<' else 'big'}-{size}"
                expect_jpeg(name, with_segment(saved(colour, quality=92, subsampling=0), 0xE1, exif))
            exif = chunk(b"eXIf", tiff(">", orientation))
            samples = photo(width, height).astype(np.int64)
            data = png(samples, 2, 8, before=exif)
            turned = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGBA"))
            expect(f"png-exif-{orientation}-{size}.png", data, turned, 0)
            data = png(samples, 2, 8, interlaced=True, after=exif)
            expect(f"png-exif-behind-{orientation}-{size}.png", data, turned, 0)


def ink_profile(grid):
    """An ICC profile (ICC.1:2001-04) of a printer: a table from inks to CIELAB with grid points along each."""

    def tag(kind, content):
        return kind + b"\0\0\0\0" + content

    axis = np.linspace(0, 1, grid)
    c, m, y, k = np.meshgrid(axis, axis, axis, axis, indexing="ij")
    light = (1 - 0.45 * c) * (1 - 0.5 * m) * (1 - 0.1 * y) * (1 - 0.85 * k)
    colour = 1 - 0.9 * k
    lab = [100 * light, 128 + colour * (70 * m - 35 * c - 5 * y), 128 + colour * (85 * y - 45 * c - 5 * m)]
    table = np.stack([np.rint(v * f) for v, f in zip(lab, (652.8, 256, 256))], -1).astype(">u2").tobytes()
    ends = struct.pack(">HH", 0, 65535)
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    lut = struct.pack(">4B", 4, 3, grid, 0) + identity + struct.pack(">HH", 2, 2) + ends * 4 + table + ends * 3
    text = b"inks of a test\0"
    tags = {
        b"desc": tag(b"desc", struct.pack(">I", len(text)) + text + bytes(78)),
        b"cprt": tag(b"text", b"none\0"),
        b"wtpt": tag(b"XYZ ", struct.pack(">3i", 63190, 65536, 54061)),
        b"A2B0": tag(b"mft2", lut),
    }
    index, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        index += name + struct.pack(">II", at + len(data), len(content))
        data += content
    body = struct.pack(">I", len(tags)) + index + data
    header = struct.pack(">I4sI4s4s4s", 128 + len(body), b"\0\0\0\0", 0x02400000, b"prtr", b"CMYK", b"Lab ")
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + body


def in_profile(image, profile, intent=1):
    """What Little CMS makes of inks, in sRGB; the intent is relative colorimetric."""
    colours = ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), intent, "RGB"
    )
    return np.asarray(colours.convert("RGBA"))


def cmyk_with_profiles():
    inks = Image.fromarray(photo(60, 90, 4), "CMYK")
    flat = Image.fromarray(np.tile(np.uint8([200, 30, 120, 10]), (40, 40, 1)), "CMYK")
    # Of one segment, and of three.
    profiles = {"small": ink_profile(7), "large": ink_profile(13)}
    for name, profile in profiles.items():
        for kind, image in {"photo": inks, "flat": flat}.items():
            data = saved(image, quality=95, icc_profile=profile)
            # The picture looks different without it, or the test would show nothing.
            colours = in_profile(Image.open(io.BytesIO(data)), profile)
            assert np.abs(rgba_of(data)[..., :3].astype(int) - colours[..., :3]).mean() > 15
            expect(f"jpeg-cmyk-profile-{name}-{kind}.jpg", data, colours, 3)
    data = saved(inks, quality=95, icc_profile=profiles["large"])
    at, parts = data.index(b"\xff\xe2"), []
    while data[at : at + 2] == b"\xff\xe2":
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        parts.append(data[at:end])
        at = end
    assert len(parts) == 3
    start = data.index(b"\xff\xe2")
    colours = in_profile(Image.open(io.BytesIO(data)), profiles["large"])
    mixed = data[:start] + parts[2] + parts[0] + parts[1] + data[at:]
    expect("jpeg-cmyk-profile-order.jpg", mixed, colours, 3)
    lacking = data[:start] + parts[0] + parts[2] + data[at:]
    expect("jpeg-cmyk-profile-lacking.jpg", lacking, rgba_of(lacking), 2)
    ycck = encoded(photo(60, 90, 4), (1, 2, 3, 4), adobe(2))
    ycck = with_segment(ycck, 0xE2, b"ICC_PROFILE\0\1\1" + profiles["small"])
    expect("jpeg-ycck-profile.jpg", ycck, in_profile(Image.open(io.BytesIO(ycck)), profiles["small"]), 3)
    other = saved(inks, quality=95, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    expect("jpeg-cmyk-profile-of-rgb.jpg", other, rgba_of(other), 2)


def malformed_jpeg():
    picture = Image.fromarray(photo(60, 90))
    whole = saved(picture, quality=92)
    rgba = rgba_of(whole)
    contents = {
        "exif-nonsense": (0xE1, b"Exif\0\0nonsense"),
        "exif-of-9": (0xE1, b"Exif\0\0" + tiff("<", 9)),
        "exif-of-0": (0xE1, b"Exif\0\0" + tiff("<", 0)),
        "exif-empty": (0xE1, b"Exif\0\0"),
        "exif-cut": (0xE1, b"Exif\0\0" + tiff("<", 6)[:12]),
        "xmp": (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x"),
        "profile-nonsense": (0xE2, b"ICC_PROFILE\0\1\1nonsense"),
        "profile-cut": (0xE2, b"ICC_PROFILE\0\1\2nonsense"),
        "profile-numbers": (0xE2, b"ICC_PROFILE\0\0\0"),
        "comment": (0xFE, b"\xff\xd9\xff\xfe"),
        "thumbnail-wrong": (0xE0, b"JFIF\0\1\2\0\0\1\0\1\x50\x50"),
        "jfxx": (0xE0, b"JFXX\0\x10nonsense"),
        "photoshop": (0xED, b"Photoshop 3.0\0nonsense"),
    }
    for name, (marker, content) in contents.items():
        expect(f"jpeg-{name}.jpg", with_segment(whole, marker, content), rgba, 2)
    expect("jpeg-without-end.jpg", whole[:-2], rgba, 2)
    expect("jpeg-behind-end.jpg", whole + b"more" * 99, rgba, 2)
    expect("jpeg-two.jpg", whole + saved(Image.fromarray(photo(9, 9))), rgba, 2)
    start = whole.index(b"\xff\xda") + 14
    files = {
        "baseline": whole,
        "progressive": saved(picture, quality=92, progressive=True),
        "grey": saved(picture.convert("L"), quality=92),
        "cmyk": saved(picture.convert("CMYK"), quality=92),
        "restart": encoded(photo(60, 90), (1, 2, 3), JFIF, 5),
    }
    for name, data in files.items():
        start = data.index(b"\xff\xda") + 20
        for percent in (0, 1, 10, 50, 80, 90, 98):
            cut = start + (len(data) - 12 - start) * percent // 100
            refuse(f"jpeg-cut-{name}-{percent}.jpg", data[:cut], "is cut off|some of its pixels are wrong")
            if name != "progressive":
                refuse(f"jpeg-ended-{name}-{percent}.jpg", data[:cut] + b"\xff\xd9", "is cut off|some of its pixels are wrong")
    refuse("jpeg-cut-in-header.jpg", whole[:100], "is cut off: it has no pixels")
    refuse("jpeg-cut-to-start.jpg", whole[:3], "is cut off: it has no pixels")
    frame = whole.index(b"\xff\xc0")
    for marker, message in {0xC3: "a lossless JPEG", 0xC9: "an arithmetic-coded JPEG", 0xC5: "a hierarchical JPEG"}.items():
        refuse(f"jpeg-process-{marker:x}.jpg", whole[: frame + 1] + bytes([marker]) + whole[frame + 2 :], message)
    refuse("jpeg-12-bits.jpg", whole[: frame + 4] + b"\x0c" + whole[frame + 5 :], "12 bits per colour")
    refuse("jpeg-two-components.jpg", encoded(photo(9, 9, 2), (1, 2)), "2 colour components")


def others():
    image = Image.fromarray(photo(20, 20))
    for kind, message in {"GIF": "a GIF", "BMP": "a BMP", "TIFF": "a TIFF", "WEBP": "a WebP", "ICO": "an icon"}.items():
        out = io.BytesIO()
        try:
            image.save(out, kind)
        except (KeyError, OSError):
            continue
        refuse(f"other-{kind.lower()}.png", out.getvalue(), message)
    refuse("other-heic.jpg", b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC")
    refuse("other-avif.jpg", b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF")
    refuse("other-html.jpg", b"<!DOCTYPE html><html></html>", "a web page")
    refuse("other-empty.jpg", b"", "is empty")
    refuse("other-text.jpg", b"no picture", "is neither PNG nor JPEG")


OUT.mkdir(parents=True, exist_ok=True)
all_png()
malformed_png()
all_jpeg()
cmyk_with_profiles()
malformed_jpeg()
others()
(OUT / "expected.tsv").write_text("\n".join(LINES) + "\n")
print(len(LINES), "pictures")

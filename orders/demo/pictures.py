"""Product pictures without a camera: a shape for the category, the variant's colour, a soft ground. 400 × 400 PNG."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw

SIDE = 400
_SCALE = 2  # drawn twice as large and shrunk, which smooths the edges
Colour = tuple[int, int, int]
Pen = ImageDraw.ImageDraw


@lru_cache(maxsize=128)
def draw_tile(shape: str, colour: str) -> bytes:
    """The picture as PNG with a small palette, a few kilobytes. Variants that look alike share one drawing."""
    main: Colour = ImageColor.getrgb(colour)[:3]
    image = Image.new("RGB", (SIDE, SIDE), _mix(main, (255, 255, 255), 0.82))
    pen = ImageDraw.Draw(image)
    ground = _mix(main, (255, 255, 255), 0.7)
    pen.rectangle((0, 290, SIDE, SIDE), fill=ground)
    pen.ellipse((85, 312, 315, 346), fill=_mix(ground, (60, 60, 60), 0.25))
    image = image.resize((SIDE * _SCALE, SIDE * _SCALE))
    _SHAPES[shape](ImageDraw.Draw(image), main)
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX).quantize(64)
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with a share of `other`."""
    return tuple(round(a * (1 - share) + b * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def _light(colour: Colour) -> Colour:
    return _mix(colour, (255, 255, 255), 0.35)


def _dark(colour: Colour) -> Colour:
    return _mix(colour, (20, 20, 30), 0.3)


def _box(*corners: float) -> tuple[float, ...]:
    return tuple(corner * _SCALE for corner in corners)


def _tin(pen: Pen, c: Colour) -> None:
    pen.rounded_rectangle(_box(125, 110, 275, 330), 24, fill=c)
    pen.rounded_rectangle(_box(118, 90, 282, 140), 24, fill=_dark(c))
    pen.rectangle(_box(125, 190, 275, 270), fill=_light(c))
    pen.ellipse(_box(170, 200, 230, 260), fill=_dark(c))


def _teapot(pen: Pen, c: Colour) -> None:
    pen.arc(_box(255, 170, 350, 290), 250, 110, fill=_dark(c), width=34)
    pen.polygon(_box(70, 170, 110, 170, 160, 250, 140, 290), fill=_dark(c))
    pen.ellipse(_box(110, 160, 300, 330), fill=c)
    pen.ellipse(_box(150, 145, 260, 185), fill=_light(c))
    pen.ellipse(_box(190, 120, 220, 152), fill=_dark(c))


def _bowl(pen: Pen, c: Colour) -> None:
    pen.pieslice(_box(80, 50, 320, 330), 0, 180, fill=c)
    pen.ellipse(_box(80, 160, 320, 220), fill=_dark(c))
    pen.ellipse(_box(96, 168, 304, 214), fill=_light(c))
    pen.rounded_rectangle(_box(155, 315, 245, 335), 12, fill=_dark(c))


def _pillow(pen: Pen, c: Colour) -> None:
    pen.rounded_rectangle(_box(80, 210, 320, 330), 90, fill=_dark(c))
    pen.rounded_rectangle(_box(70, 120, 330, 260), 90, fill=c)
    pen.arc(_box(110, 140, 290, 240), 200, 340, fill=_light(c), width=10)


def _towel(pen: Pen, c: Colour) -> None:
    for step, shade in enumerate((_dark(c), c, _light(c))):
        pen.rounded_rectangle(_box(90, 270 - 65 * step, 310, 330 - 65 * step), 50, fill=shade)
        pen.rectangle(_box(250, 270 - 65 * step, 262, 330 - 65 * step), fill=_mix(shade, (255, 255, 255), 0.5))


def _notebook(pen: Pen, c: Colour) -> None:
    pen.rounded_rectangle(_box(120, 95, 285, 330), 20, fill=_dark(c))
    pen.rounded_rectangle(_box(135, 95, 290, 325), 20, fill=c)
    pen.rectangle(_box(255, 95, 267, 325), fill=_light(c))
    pen.rounded_rectangle(_box(155, 140, 235, 175), 8, fill=_light(c))


def _bag(pen: Pen, c: Colour) -> None:
    pen.arc(_box(145, 80, 255, 240), 180, 360, fill=_dark(c), width=22)
    pen.polygon(_box(105, 165, 295, 165, 315, 330, 85, 330), fill=c)
    pen.rectangle(_box(102, 165, 298, 190), fill=_light(c))
    pen.rounded_rectangle(_box(165, 225, 235, 285), 14, fill=_dark(c))


def _lamp(pen: Pen, c: Colour) -> None:
    pen.ellipse(_box(80, 60, 320, 300), fill=(255, 244, 214))
    pen.polygon(_box(155, 100, 245, 100, 300, 210, 100, 210), fill=c)
    pen.rectangle(_box(192, 210, 208, 315), fill=_dark(c))
    pen.rounded_rectangle(_box(145, 312, 255, 332), 14, fill=_dark(c))


def _pan(pen: Pen, c: Colour) -> None:
    pen.rounded_rectangle(_box(250, 185, 375, 212), 22, fill=_dark(c))
    pen.ellipse(_box(60, 130, 290, 330), fill=_dark(c))
    pen.ellipse(_box(78, 146, 272, 312), fill=c)
    pen.arc(_box(105, 170, 245, 290), 190, 260, fill=_light(c), width=14)


def _candle(pen: Pen, c: Colour) -> None:
    pen.polygon(_box(200, 90, 220, 135, 200, 160, 180, 135), fill=(244, 176, 66))
    pen.rectangle(_box(197, 150, 203, 185), fill=(70, 60, 50))
    pen.rounded_rectangle(_box(125, 180, 275, 332), 30, fill=_light(c))
    pen.rectangle(_box(125, 225, 275, 290), fill=c)


def _pouch(pen: Pen, c: Colour) -> None:
    pen.polygon(_box(120, 110, 280, 110, 295, 330, 105, 330), fill=c)
    pen.rectangle(_box(118, 95, 282, 120), fill=_dark(c))
    pen.ellipse(_box(150, 170, 250, 270), fill=_light(c))
    pen.ellipse(_box(178, 198, 222, 242), fill=_dark(c))


def _blocks(pen: Pen, c: Colour) -> None:
    pen.rounded_rectangle(_box(95, 225, 200, 330), 14, fill=c)
    pen.rounded_rectangle(_box(205, 225, 310, 330), 14, fill=_dark(c))
    pen.polygon(_box(150, 218, 205, 110, 260, 218), fill=_light(c))
    pen.ellipse(_box(125, 255, 170, 300), fill=_light(c))


_SHAPES: dict[str, Callable[[Pen, Colour], None]] = {
    "tin": _tin,
    "teapot": _teapot,
    "bowl": _bowl,
    "pillow": _pillow,
    "towel": _towel,
    "notebook": _notebook,
    "bag": _bag,
    "lamp": _lamp,
    "pan": _pan,
    "candle": _candle,
    "pouch": _pouch,
    "blocks": _blocks,
}

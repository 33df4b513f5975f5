"""setup/screenshots: the pictures of the addons' descriptions, taken anew."""

import argparse
from pathlib import Path

from . import layout
from .console import Failure, Steps, main
from .suites import Bench, pictures, run_suite

_COMMAND = "setup/screenshots"
_HELP = """\
Starts an Odoo with demo data, opens its MCP screens in a browser, and puts pictures
of them into static/description/ of the addons, where README and the descriptions of
the apps find them. tests/browser/test_pictures.py says what they show.
"""
#: Of a picture: how many colours, and how many bytes at most.
_COLOURS = 256
_BYTES_MAX = 150_000


def take() -> int:
    """The command; its exit code.

    :raises Failure: a screen is not as it should be, or a picture is too large
    """
    argparse.ArgumentParser(
        prog=_COMMAND,
        description=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    bench = Bench(Steps(quiet=True), layout.TEST_DATA)
    taken = bench.data / "screenshots" / "description"
    for path in taken.glob("*/*.png"):
        path.unlink()
    try:
        with bench.steps.step("Pictures") as step:
            outcome = run_suite(pictures(), bench, step)
    finally:
        bench.close()
    if outcome.failures:
        print("\n".join(outcome.problems))
        raise Failure("the screens are not as they should be", "see what failed above")
    for path in sorted(taken.glob("*/*.png")):
        addon = layout.PROJECT / path.parent.name
        target = addon / "static" / "description" / path.name
        _reduce(path, target)
        print(f"{target.relative_to(layout.PROJECT)} {target.stat().st_size}")
    return 0


def _reduce(picture: Path, target: Path) -> None:
    """Writes a picture of few colours, as a screen has."""
    # Of Odoo's packages, which are there once a server has run.
    from PIL import Image

    with Image.open(picture) as image:
        reduced = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        reduced.save(target, optimize=True)
    if (size := target.stat().st_size) > _BYTES_MAX:
        raise Failure(
            f"{target.name} has {size} bytes, more than {_BYTES_MAX}",
            "show less of the screen in tests/browser/test_pictures.py",
        )


if __name__ == "__main__":
    main(_COMMAND, take)

"""Looks whether an unpacked archive lists its libraries and holds the texts of their licenses.

usage: check_licenses.py ARCHIVE
"""

import pathlib
import re
import sys

LINE = re.compile(r" +(?P<licenses>\(.*\)) .+ \((?P<group>[^:() ]+):(?P<name>[^: ]+):(?P<version>[^: ]+) - \S.*\)")

archive = pathlib.Path(sys.argv[1])
lines = (archive / "THIRD-PARTY.txt").read_text(encoding="utf-8").splitlines()
libraries = [LINE.fullmatch(line) for line in lines if line.startswith("     (")]
assert libraries and all(libraries), lines

listed = tuple(f"{library['name']}-{library['version']}" for library in libraries)
unlisted = [jar.name for jar in (archive / "lib").iterdir() if not jar.name.startswith(("dino-vmf-", *listed))]
assert not unlisted, f"libraries that are not listed: {unlisted}"

assert "Apache License" in (archive / "LICENSE").read_text(encoding="utf-8")
texts = {text.stem for text in (archive / "licenses").iterdir()}
wanted = {library["group"] for library in libraries if not library["licenses"].startswith("(Apache-2.0)")}
without = [group for group in wanted if not any(f"{group}.".startswith(f"{text}.") for text in texts)]
assert not without, f"no text of the license of {without}"
assert all("opyright" in (archive / "licenses" / f"{text}.txt").read_text(encoding="utf-8") for text in texts)
unused = [text for text in texts if not any(f"{group}.".startswith(f"{text}.") for group in wanted)]
assert not unused, f"licenses of libraries that are not there: {unused}"
print(f"licenses: {len(libraries)} libraries are listed, {len(wanted)} groups have texts of their own")

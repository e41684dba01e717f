#!/usr/bin/env python3
"""Packs a folder so that the same files always give the same bytes.

archive.py FOLDER FILE

FILE ends in .tar.gz or .zip. Names are sorted, and all files have the time that SOURCE_DATE_EPOCH
says, no owner, and no permissions but to be read, written by their owner, and run if they are
programs.
"""

import gzip
import os
import sys
import tarfile
import time
import zipfile
from pathlib import Path


def main() -> None:
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    entries = [(path, path.relative_to(folder.parent).as_posix()) for path in files]
    if target.suffix == ".zip":
        write_zip(target, entries, moment)
    else:
        write_tar(target, entries, moment)


def write_tar(target: Path, entries: list[tuple[Path, str]], moment: int) -> None:
    with (
        target.open("wb") as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for path, name in entries:
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            entry.mtime = moment
            entry.mode = mode(path)
            with path.open("rb") as content:
                archive.addfile(entry, content)


def write_zip(target: Path, entries: list[tuple[Path, str]], moment: int) -> None:
    # A zip knows no time before 1980.
    date = max(time.gmtime(moment)[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, name in entries:
            entry = zipfile.ZipInfo(name, date)
            entry.create_system = 3
            entry.external_attr = mode(path) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def mode(path: Path) -> int:
    # Windows says of every file that it can be run.
    program = path.suffix == ".exe" or (os.name != "nt" and os.access(path, os.X_OK))
    return 0o755 if program else 0o644


if __name__ == "__main__":
    main()

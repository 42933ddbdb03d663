#!/usr/bin/env python3
"""Unpack Debian's Odoo 19 into one folder, without touching the system.

Debian unstable ships the real server as ``odoo-19``. This script lets apt work
with private lists and a private copy of the machine's own Debian source entry
(its address and its key, plus the suite ``sid``), so apt itself verifies every
signature, no root rights are needed and no file of the system changes.

Everything is unpacked into ONE root because the package links its fonts and
jQuery through ``usr/share``: without them ``/web`` answers 500.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# The server and what only unstable has in the right version ...
FROM_SID = ["odoo-19", "fonts-montserrat", "fonts-ocr-b"]
# ... and what unstable lays out differently, or every suite has.
FROM_OWN_SUITE = [
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
DIST_PACKAGES = "usr/lib/python3/dist-packages"
# The package lacks this third-party file; a missing asset is a console error,
# and a console error fails every browser tour.
MISSING_ASSET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
DEFAULT_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def own_codename():
    """The machine's Debian suite, e.g. ``bookworm``."""
    release = Path("/etc/os-release").read_text(encoding="utf-8")
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', release, re.MULTILINE))
    if fields.get("ID") != "debian":
        raise SystemExit(
            f"This is {fields.get('PRETTY_NAME', 'not Debian')}, and Odoo is taken"
            " from Debian's packages. Set ODOO_HOME to an Odoo 19 checkout instead."
        )
    return fields.get("VERSION_CODENAME", "sid")


def deb822_entries(text):
    """The stanzas of a ``.sources`` file, as dicts with lower-case keys."""
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if not line.startswith("#")]
        entry, key = {}, None
        for line in lines:
            if line[:1].isspace() and key:
                entry[key] += "\n" + line
            elif ":" in line:
                key, value = line.split(":", 1)
                key = key.strip().lower()
                entry[key] = value.strip()
        if entry.get("enabled", "yes").lower() not in ("no", "false", "0"):
            yield entry


def one_line_entries(text):
    """The ``deb [options] uri suite components`` lines of a ``.list`` file."""
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)", line)
        if match:
            options, uri, suite, components = match.groups()
            entry = {"uris": uri, "suites": suite, "components": components}
            signed = re.search(r"signed-by=(\S+)", options or "")
            if signed:
                entry["signed-by"] = signed.group(1)
            yield entry


def debian_entry(codename):
    """The machine's own entry of the Debian archive: its address and its key."""
    folder = Path("/etc/apt")
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    suites = {codename, "stable", "testing", "unstable", "sid"}
    for file in files:
        if file.suffix not in (".list", ".sources") or not file.is_file():
            continue
        parse = deb822_entries if file.suffix == ".sources" else one_line_entries
        for entry in parse(file.read_text(encoding="utf-8")):
            known = suites & set(entry.get("suites", "").split())
            if known and "main" in entry.get("components", "").split():
                return {
                    **entry,
                    "suite": codename if codename in known else known.pop(),
                }
    raise SystemExit(
        f"No entry for Debian {codename} main in /etc/apt/sources.list or"
        " /etc/apt/sources.list.d: set ODOO_HOME to an Odoo 19 checkout instead."
    )


def apt_command(work, entry):
    """apt-get with its own sources, lists and cache under ``work``."""
    for name in ("sources", "lists/partial", "archives/partial", "debs"):
        (work / name).mkdir(parents=True, exist_ok=True)
    key = entry.get("signed-by")
    if not key and os.path.exists(DEFAULT_KEYRING):
        key = DEFAULT_KEYRING
    (work / "sources" / "debian.sources").write_text(
        "Types: deb\n"
        f"URIs: {entry['uris']}\n"
        f"Suites: {' '.join(dict.fromkeys([entry['suite'], 'sid']))}\n"
        "Components: main\n" + (f"Signed-By: {key}\n" if key else ""),
        encoding="utf-8",
    )
    settings = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": work / "sources",
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        # The suite is named with every package: no pin of the system matters.
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        # Root's apt would download as _apt, which may not enter this checkout.
        "APT::Sandbox::User": "root",
    }
    command = ["apt-get", "--quiet"]
    for key, value in settings.items():
        command += ["-o", f"{key}={value}"]
    return command


def run(command, **kwargs):
    print("+", " ".join(str(part) for part in command), flush=True)
    subprocess.run([str(part) for part in command], check=True, **kwargs)


def check_links(root):
    """Every link inside the Odoo package must lead somewhere.

    Links that point at ``/usr`` are read inside ``root``: made relative, so
    that they lead there whatever the machine has in its own ``/usr``.
    """
    broken = []
    for folder, dirs, files in os.walk(root / DIST_PACKAGES):
        for name in (*dirs, *files):
            path = Path(folder, name)
            if not path.is_symlink():
                continue
            target = os.readlink(path)
            if target.startswith("/"):
                inside = root / target.lstrip("/")
                path.unlink()
                path.symlink_to(os.path.relpath(inside, path.parent))
            if not path.exists():
                broken.append(f"{path.relative_to(root)} -> {target}")
    if broken:
        raise SystemExit("Links of the package lead nowhere:\n  " + "\n  ".join(broken))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path, help="folder to unpack into (replaced)")
    parser.add_argument("work", type=Path, help="folder for apt's lists and packages")
    args = parser.parse_args()
    root, work = args.root.absolute(), args.work.absolute()

    entry = debian_entry(own_codename())
    apt = apt_command(work, entry)
    run([*apt, "update"])
    for deb in (work / "debs").glob("*.deb"):
        deb.unlink()
    packages = [f"{name}/sid" for name in FROM_SID]
    packages += [f"{name}/{entry['suite']}" for name in FROM_OWN_SUITE]
    run([*apt, "download", *packages], cwd=work / "debs")

    # Unpacked beside its final place, then moved: a broken run leaves no half.
    fresh = root.with_name(root.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for deb in sorted((work / "debs").glob("*.deb")):
        run(["dpkg-deb", "-x", deb, fresh])
    check_links(fresh)
    addons = fresh / DIST_PACKAGES / "odoo" / "addons"
    asset = addons / MISSING_ASSET
    if addons.is_dir() and not asset.exists():
        asset.parent.mkdir(parents=True, exist_ok=True)
        asset.touch()
    shutil.rmtree(root, ignore_errors=True)
    fresh.rename(root)
    shutil.rmtree(work)
    print(f"Odoo is in {root / DIST_PACKAGES}")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"failed: {error}")

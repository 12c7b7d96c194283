"""Where Odoo 19 comes from.

In this order: `ODOO_HOME` (a source tree or an installation), the package `odoo-19` of
Debian unstable (downloaded and unpacked below the project, nothing is installed), a git
clone of Odoo's branch 19.0. `ODOO_SOURCE=debian` or `ODOO_SOURCE=git` skips the choice,
`ODOO_GIT_URL` names another repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from base import HOME, Stop, call, digest, need_space, say

SERIES = (19, 0)
GIT_URL = "https://github.com/odoo/odoo.git"
GIT_BRANCH = "19.0"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
UNSTABLE_PACKAGES = ("odoo-19", "fonts-montserrat")
# From a stable release: unstable's Font Awesome 7 does not match Odoo's files.
STABLE_PACKAGES = (
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
SELFIE = Path("addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js")


@dataclass(frozen=True)
class Source:
    """An Odoo that can be imported."""

    origin: str  # home, debian or git
    folder: Path  # holds the package `odoo`
    version: str  # as exact as the origin tells it

    @property
    def addons_paths(self) -> list[Path]:
        """Return the folders with Odoo's own addons."""
        paths = [self.folder / "odoo" / "addons", self.folder / "addons"]
        return [path for path in paths if path.is_dir()]


def get_source(environ: Mapping[str, str] = os.environ) -> Source:
    """Find Odoo, or fetch it the first time.

    :raises Stop: if there is none to be had, or of the wrong version
    """
    origin = choose_origin(environ)
    if origin == "home":
        return find_in_home(Path(environ["ODOO_HOME"]).expanduser())
    if origin == "debian":
        try:
            return get_debian_package()
        except Stop as problem:
            if environ.get("ODOO_SOURCE") or not shutil.which("git"):
                raise
            say(f"{problem} Trying a git clone instead.")
    return get_git_clone(environ.get("ODOO_GIT_URL") or GIT_URL)


def choose_origin(environ: Mapping[str, str]) -> str:
    """Return `home`, `debian` or `git`."""
    if environ.get("ODOO_HOME"):
        return "home"
    wish = environ.get("ODOO_SOURCE")
    if wish and wish not in ("debian", "git"):
        raise Stop(
            f"ODOO_SOURCE is {wish!r}: set it to debian or git, or leave it out."
        )
    return wish or ("debian" if is_debian() else "git")


def is_debian() -> bool:
    tools = shutil.which("apt-get") and shutil.which("dpkg-deb")
    return bool(tools) and KEYRING.exists() and get_os_release().get("ID") == "debian"


def get_os_release() -> dict[str, str]:
    path = Path("/etc/os-release")
    rows = path.read_text().splitlines() if path.exists() else []
    pairs = (row.split("=", 1) for row in rows if "=" in row)
    return {key: value.strip('"') for key, value in pairs}


# === ODOO_HOME === #


def find_in_home(home: Path) -> Source:
    """Return the Odoo of a source tree or an installation.

    :param Path home: a checkout, a virtual environment, or a folder of packages
    """
    for candidate in [home, home.parent, *find_package_folders(home)]:
        if (candidate / "odoo" / "release.py").is_file():
            check_series(candidate, f"ODOO_HOME={home}")
            return Source("home", candidate.resolve(), read_version(candidate))
    raise Stop(
        f"There is no Odoo in ODOO_HOME={home}: set it to an Odoo 19 source tree or"
        " installation, or leave it out."
    )


def find_package_folders(home: Path) -> list[Path]:
    return [
        *home.glob("lib/python3*/*-packages"),
        *home.glob("usr/lib/python3*/*-packages"),
    ]


def read_series(folder: Path) -> tuple[int | str, ...]:
    text = (folder / "odoo" / "release.py").read_text()
    found = re.search(r"^version_info = \(\s*'?([^,']+)'?\s*,\s*(\d+)", text, re.M)
    if not found:
        return ()
    major, minor = found.groups()
    return (int(major) if major.isdigit() else major, int(minor))


def check_series(folder: Path, place: str) -> None:
    series = read_series(folder)
    if series != SERIES:
        version = ".".join(map(str, series)) or "of an unknown version"
        raise Stop(
            f"{place} is Odoo {version}, but the addons need 19.0: point ODOO_HOME to"
            " an Odoo 19.0, or leave it out."
        )


def read_version(folder: Path) -> str:
    """Return the commit of a checkout, else the fingerprint of the release file."""
    if (folder / ".git").exists() and shutil.which("git"):
        command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.strip()
    return digest(str(folder), (folder / "odoo" / "release.py").read_text())


# === DEBIAN === #


def get_debian_package() -> Source:
    """Unpack Debian's package below the project; its links to fonts keep working."""
    target = HOME / "debian"
    done = target / "version"
    if not done.exists():
        need_space(2, "unpacking Odoo")
        packages = download_packages(HOME / "download")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        say("unpacking Odoo")
        for package in packages:
            call(
                ["dpkg-deb", "-x", package, target],
                log="unpack",
                failure=f"{package} is damaged: delete its folder and run it again.",
            )
        stub_missing_script(target / "usr/lib/python3/dist-packages")
        version = next(p.name for p in packages if p.name.startswith("odoo-19_"))
        done.write_text(version.split("_")[1])
    folder = target / "usr/lib/python3/dist-packages"
    check_series(folder, "Debian's package")
    return Source("debian", folder, done.read_text())


def stub_missing_script(folder: Path) -> None:
    """Put an empty file where Debian left one out: tours fail without it."""
    script = folder / "odoo" / SELFIE
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(
            "/* left out by Debian; only blurs the background of calls */\n"
        )


def download_packages(folder: Path) -> list[Path]:
    """Return the packages, downloaded once and kept."""
    done = folder / "complete"
    if not done.exists():
        say("downloading Odoo from Debian unstable (130 MB)")
        options = write_apt_settings(HOME / "apt")
        stable = get_stable_suite()
        wanted = [*UNSTABLE_PACKAGES, *(f"{name}/{stable}" for name in STABLE_PACKAGES)]
        for old in folder.glob("*.deb"):
            old.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        for step in (["update"], ["download", *wanted]):
            call(
                ["apt-get", "-q", *options, *step],
                log=f"apt-{step[0]}",
                cwd=folder,
                failure="Odoo could not be downloaded from Debian unstable: check the"
                " network and run it again, or set ODOO_HOME to an Odoo 19.",
            )
        done.touch()
    return sorted(folder.glob("*.deb"))


def get_stable_suite() -> str:
    suite = get_os_release().get("VERSION_CODENAME", "")
    return suite if suite in ("bookworm", "trixie") else "trixie"


def write_apt_settings(folder: Path) -> list[str]:
    """Make a private package list, so that nothing of the system changes."""
    for name in ("parts", "lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "parts" / "odoo.sources").write_text(
        f"Types: deb\nURIs: {get_mirror()}\nSuites: sid {get_stable_suite()}\n"
        f"Components: main\nSigned-By: {KEYRING}\n"
    )
    settings = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": folder / "parts",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Dir::State::status": "/var/lib/dpkg/status",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "1",
    }
    return [
        part for key, value in settings.items() for part in ("-o", f"{key}={value}")
    ]


def get_mirror() -> str:
    """Return the Debian mirror that this machine already uses."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
    done = subprocess.run(
        [*command, "Created-By: Packages"], capture_output=True, text=True, check=False
    )
    for address in done.stdout.split():
        if "security" not in address and "debian" in address:
            return address
    raise Stop("This machine names no Debian mirror: add one to its apt sources.")


# === GIT === #


def get_git_clone(url: str) -> Source:
    """Clone Odoo's branch 19.0 once, without its history."""
    folder = HOME / "odoo-git"
    if not folder.exists():
        if not shutil.which("git"):
            raise Stop("Odoo would be cloned with git: install git, or set ODOO_HOME.")
        need_space(3, "cloning Odoo")
        say(f"cloning Odoo {GIT_BRANCH} from {url}")
        partial = HOME / "odoo-git.partial"
        shutil.rmtree(partial, ignore_errors=True)
        call(
            ["git", "clone", "--depth=1", f"--branch={GIT_BRANCH}", url, partial],
            log="git-clone",
            failure=f"Odoo could not be cloned from {url}: check the network and run it"
            " again, or set ODOO_HOME to an Odoo 19.",
        )
        partial.rename(folder)
    if not (folder / "odoo" / "release.py").is_file():
        raise Stop(f"{folder} holds no Odoo: delete it and check ODOO_GIT_URL.")
    check_series(folder, str(folder))
    return Source("git", folder, read_version(folder))

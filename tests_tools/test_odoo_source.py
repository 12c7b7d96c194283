import subprocess

import odoo_source
import pytest
from base import Stop


def git(*words, folder):
    identity = ("-c", "user.name=A Developer", "-c", "user.email=dev@example.com")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True)


@pytest.fixture
def repository(tmp_path, make_odoo):
    """Return a bare repository with a branch 19.0, standing in for Odoo's."""
    work = make_odoo(tmp_path / "work")
    git("init", "-q", "-b", "19.0", folder=work)
    git("add", ".", folder=work)
    git("commit", "-q", "-m", "Odoo", folder=work)
    bare = tmp_path / "odoo.git"
    git("clone", "-q", "--bare", str(work), str(bare), folder=tmp_path)
    return f"file://{bare}"


def test_odoo_home_goes_before_everything(tmp_path, make_odoo):
    source = odoo_source.get_source(
        {"ODOO_HOME": str(make_odoo(tmp_path / "mine")), "ODOO_SOURCE": "git"}
    )
    assert (source.origin, source.folder) == ("home", tmp_path / "mine")
    assert source.addons_paths == [
        tmp_path / "mine" / "odoo" / "addons",
        tmp_path / "mine" / "addons",
    ]


def test_odoo_home_may_be_an_installation(tmp_path, make_odoo):
    folder = make_odoo(tmp_path / "venv" / "lib" / "python3.12" / "site-packages")
    source = odoo_source.get_source({"ODOO_HOME": str(tmp_path / "venv")})
    assert source.folder == folder


def test_odoo_home_may_be_the_package_itself(tmp_path, make_odoo):
    folder = make_odoo(tmp_path / "mine")
    source = odoo_source.get_source({"ODOO_HOME": str(folder / "odoo")})
    assert source.folder == folder


@pytest.mark.parametrize(
    ("version", "said"),
    [("(18, 0, 0, FINAL, 0, '')", "18.0"), ("('saas~19', 1, 0, FINAL)", "saas~19.1")],
)
def test_wrong_version_is_refused(tmp_path, make_odoo, version, said):
    folder = make_odoo(tmp_path / "old", version)
    with pytest.raises(Stop, match=f"is Odoo {said}, but the addons need 19.0: point"):
        odoo_source.get_source({"ODOO_HOME": str(folder)})


def test_odoo_home_without_odoo_is_refused(tmp_path):
    with pytest.raises(
        Stop, match="There is no Odoo in ODOO_HOME=.*: set it to an Odoo"
    ):
        odoo_source.get_source({"ODOO_HOME": str(tmp_path)})


def test_debian_goes_before_git(monkeypatch):
    monkeypatch.setattr(odoo_source, "is_debian", lambda: True)
    assert odoo_source.choose_origin({}) == "debian"
    monkeypatch.setattr(odoo_source, "is_debian", lambda: False)
    assert odoo_source.choose_origin({}) == "git"


def test_unknown_source_is_refused():
    with pytest.raises(Stop, match="set it to debian or git"):
        odoo_source.choose_origin({"ODOO_SOURCE": "pypi"})


def test_git_clone_is_made_once(home, repository):
    environ = {"ODOO_SOURCE": "git", "ODOO_GIT_URL": repository}
    source = odoo_source.get_source(environ)
    assert source.folder == home / "odoo-git"
    assert len(source.version) == 40
    environ["ODOO_GIT_URL"] = "file:///nowhere"
    assert odoo_source.get_source(environ) == source


def test_git_is_tried_when_debian_fails(monkeypatch, home, repository):
    def fail():
        raise Stop("Odoo could not be downloaded.")

    monkeypatch.setattr(odoo_source, "is_debian", lambda: True)
    monkeypatch.setattr(odoo_source, "get_debian_package", fail)
    assert odoo_source.get_source({"ODOO_GIT_URL": repository}).origin == "git"


def test_interrupted_clone_is_started_over(home, repository):
    (home / "odoo-git.partial").mkdir()
    (home / "odoo-git.partial" / "half").touch()
    source = odoo_source.get_source({"ODOO_SOURCE": "git", "ODOO_GIT_URL": repository})
    assert not (source.folder / "half").exists()


def test_unreachable_repository_says_what_to_do(home):
    environ = {"ODOO_SOURCE": "git", "ODOO_GIT_URL": "file:///nowhere"}
    with pytest.raises(Stop, match="check the network and run it again, or set ODOO_H"):
        odoo_source.get_source(environ)


def test_interrupted_unpacking_is_started_over(monkeypatch, home):
    def unpack(command, **_options):
        folder = home / "debian" / "usr" / "lib" / "python3" / "dist-packages" / "odoo"
        folder.mkdir(parents=True)
        (folder / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")

    (home / "debian" / "usr" / "half").mkdir(parents=True)
    (home / "download").mkdir()
    (home / "download" / "complete").touch()
    (home / "download" / "odoo-19_19.0.0+dfsg-1_all.deb").touch()
    monkeypatch.setattr(odoo_source, "call", unpack)
    source = odoo_source.get_debian_package()
    assert source.version == "19.0.0+dfsg-1"
    assert not (home / "debian" / "usr" / "half").exists()
    assert (source.folder / "odoo" / odoo_source.SELFIE).exists()

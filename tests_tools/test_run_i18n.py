import pytest
import run_i18n

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def write(path, **terms):
    rows = [f'msgid "{key}"\nmsgstr "{value}"\n' for key, value in terms.items()]
    path.write_text(HEAD + "\n".join(rows))
    return path


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "points" / "i18n"
    folder.mkdir(parents=True)
    write(folder / "points.pot", Points="", Wallet="")
    return folder


@pytest.fixture
def exported(tmp_path):
    return write(tmp_path / "exported.pot", Points="", Wallet="")


def test_complete_translation_passes(folder, exported):
    write(folder / "pl.po", Points="Punkty", Wallet="Portfel")
    assert run_i18n.check_addon(folder, "points", exported) == []


def test_stale_template_is_named(folder, exported):
    write(folder / "points.pot", Points="", Balance="")
    assert run_i18n.check_addon(folder, "points", exported) == [
        "points/i18n/points.pot is stale, run `make i18n`: 1 new: 'Wallet';"
        " 1 gone: 'Balance'"
    ]


def test_missing_template_is_named(folder, exported):
    (folder / "points.pot").unlink()
    (complaint,) = run_i18n.check_addon(folder, "points", exported)
    assert complaint.endswith("is missing: run `make i18n`.")


def test_gaps_of_a_translation_are_named(folder, exported):
    po = write(folder / "pl.po", Points="", Wallet="Portfel", Balance="Saldo")
    po.write_text(po.read_text().replace('msgid "Wallet"', '#, fuzzy\nmsgid "Wallet"'))
    assert run_i18n.check_addon(folder, "points", exported) == [
        "points/i18n/pl.po: 1 not translated: 'Points'",
        "points/i18n/pl.po: 1 fuzzy: 'Wallet'",
        "points/i18n/pl.po: 1 no longer used: 'Balance'",
    ]


def test_merging_keeps_what_is_translated(folder, tmp_path):
    po = write(folder / "pl.po", Wallet="Portfel", Balance="Saldo", **{"A  b": "A be"})
    pot = write(folder / "points.pot", Points="", Wallet="", **{"A b": ""})
    assert run_i18n.merge(po, pot) == 1
    assert [(entry.msgid, entry.msgstr) for entry in run_i18n.read(po)] == [
        ("Points", ""),
        ("Wallet", "Portfel"),
        ("A b", "A be"),
    ]


def test_first_export_of_an_addon_makes_its_folder(folder, exported, monkeypatch):
    (folder.parent.parent / "points_shop").mkdir()
    monkeypatch.setattr(run_i18n, "ROOT", folder.parent.parent)
    monkeypatch.setattr(
        run_i18n, "export", lambda names, place: dict.fromkeys(names, exported)
    )
    assert run_i18n.run(["points", "points_shop"]) == 0
    made = folder.parent.parent / "points_shop" / "i18n" / "points_shop.pot"
    assert made.read_text() == exported.read_text()

import addons
import pytest
from base import Stop


def test_every_folder_with_a_manifest_is_an_addon(checkout):
    (checkout / "docs").mkdir()
    assert addons.get_chosen() == ["points", "points_shop"]


def test_chosen_addons_bring_what_they_build_on(checkout, monkeypatch):
    monkeypatch.setenv("ADDONS", "points_shop")
    assert addons.get_chosen() == ["points", "points_shop"]
    monkeypatch.setenv("ADDONS", "points")
    assert addons.get_chosen() == ["points"]
    assert addons.get_external_depends(["points", "points_shop"]) == ["sale", "website"]


def test_unknown_addon_is_refused(checkout, monkeypatch):
    monkeypatch.setenv("ADDONS", "coupons")
    with pytest.raises(
        Stop, match="no addon coupons: ADDONS can name points, points_s"
    ):
        addons.get_chosen()


def test_broken_manifest_is_named(checkout):
    (checkout / "points" / "__manifest__.py").write_text("{")
    with pytest.raises(Stop, match="points/__manifest__.py cannot be read"):
        addons.get_addons()

"""`fit evaluate outfits`: questions about outfits, answered by the model that is part of the program."""

import json

import fit_process

QUESTIONS = """outfit,a,b,c,d,right
Bikini Tops|Sunglasses,Coats,Bikini Bottoms,Sweaters,Gowns,1
T-Shirts|Sneakers,Gowns,Clutches,Skinny Jeans,T-Shirts,2
Gowns|Earrings,Backpacks,Sneakers,Hoodies,Clutches,3
Gowns|Earrings|Capes,Backpacks,Clutches,Hoodies,Sneakers,0
"""


def test_the_command_prints_accuracy_beside_chance(tmp_path):
    folder = tmp_path / "outfits"
    folder.mkdir()
    (folder / "blanks-validation.csv").write_text(QUESTIONS)
    shown = fit_process.run(tmp_path, "evaluate", "outfits", folder).stdout
    assert "compatibility" in shown and "0.750" in shown and "0.301 to 0.954" in shown
    assert "chance" in shown and "0.250" in shown and "train.csv" not in shown
    assert "4 questions, 1 with an unknown category" in shown

    (folder / "train.csv").write_text("Gowns,Earrings,Backpacks\nGowns,Clutches\nBikini Tops,Bikini Bottoms\n")
    report = json.loads(fit_process.run(tmp_path, "evaluate", "outfits", folder, "--json").stdout)
    assert report["questions"] == 4 and report["chance"] == 0.25
    assert report["compatibility"]["correct"] == 3 and report["compatibility"]["accuracy"] == 0.75
    assert report["compatibility"]["lower"] < 0.75 < report["compatibility"]["upper"]
    assert report["pairs"]["correct"] == 2
    assert "pairs of train.csv" in fit_process.run(tmp_path, "evaluate", "outfits", folder).stdout


def test_bad_files_are_named(tmp_path):
    folder = tmp_path / "outfits"
    missing = fit_process.run(tmp_path, "evaluate", "outfits", folder, check=False)
    assert missing.returncode != 0 and "blanks-validation.csv" in missing.stderr
    folder.mkdir()
    for text, problem in (("outfit,a,b,c,d\nHats,a,b,c,d\n", 'no column "right"'),
                          ("outfit,a,b,c,d,right\nHats,a,b,c,d,9\n", "line 2: right must be 0, 1, 2 or 3"),
                          ("", "is empty")):
        (folder / "blanks-validation.csv").write_text(text)
        done = fit_process.run(tmp_path, "evaluate", "outfits", folder, check=False)
        assert done.returncode != 0 and problem in done.stderr, done.stderr
        assert done.stdout == ""

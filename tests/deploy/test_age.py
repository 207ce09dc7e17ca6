"""Encrypted backups and the program `age` of Debian: each reads what the other wrote."""

import os
import pathlib
import shutil
import subprocess

import pytest

FIT = os.environ["FIT_BINARY"]

pytestmark = pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed")


def run(folder, *command):
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{folder}/fit.db", "STORAGE_PATH": f"{folder}/storage",
           "EMBEDDING_PROVIDER": "palette"}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def catalogue(tmp_path):
    folder = tmp_path / "catalogue"
    folder.mkdir()
    run(folder, FIT, "sample", "--items", 5, "--seed", 1)
    return folder


def back_up(catalogue, to, recipient):
    run(catalogue, FIT, "backup", "--to", to, "--encrypt", f"age:{recipient}")
    (made,) = to.iterdir()
    return made


def files_below(folder, suffix=""):
    return [pathlib.Path(parent) / name for parent, _, names in os.walk(folder) for name in names if name.endswith(suffix)]


def test_age_decrypts_a_backup_to_a_plain_one(catalogue, tmp_path):
    key = tmp_path / "key.txt"
    recipient = run(catalogue, FIT, "backup", "keygen", key).strip()
    assert run(catalogue, "age-keygen", "-y", key).strip() == recipient
    made = back_up(catalogue, tmp_path / "backups", recipient)
    encrypted = files_below(made)
    assert len(encrypted) >= 2 and all(file.suffix == ".age" for file in encrypted)
    for file in encrypted:
        run(catalogue, "age", "-d", "-i", key, "-o", file.with_suffix(""), file)
        file.unlink()
    assert "is whole" in run(catalogue, FIT, "backup", "verify", made)


def test_a_key_of_age_keygen_and_files_of_age_are_read(catalogue, tmp_path):
    key = tmp_path / "key.txt"
    run(catalogue, "age-keygen", "-o", key)
    recipient = run(catalogue, "age-keygen", "-y", key).strip()
    made = back_up(catalogue, tmp_path / "backups", recipient)
    assert "is whole" in run(catalogue, FIT, "backup", "verify", made, "--identity", key)
    # The files as age encrypts them.
    for file in files_below(made, ".age"):
        plain = file.with_suffix("")
        run(catalogue, "age", "-d", "-i", key, "-o", plain, file)
        run(catalogue, "age", "-r", recipient, "-o", file, plain)
        plain.unlink()
    assert "is whole" in run(catalogue, FIT, "backup", "verify", made, "--identity", key)

"""Build the reader's edition: notebooks that are complete in themselves.

    python book/_tools/edition.py           into _build/edition, and the site
    python book/_tools/edition.py lab       and open a copy in JupyterLab
    python book/_tools/edition.py branch    and all that its branch holds

The notebooks of the source are written for the book: numbers, references and
citations in them are resolved by Sphinx. In the edition they are text, so
JupyterLab, VS Code and Colab show it as it is.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
EDITION = BUILD / "edition"
COPY = ROOT / "lab"  # what `lab` opens: nobody's notes are lost in a build
STAMP = ".edition.json"
BIN = Path(sys.executable).parent
CARRIED = ("qcl", "pyproject.toml", "LICENSE", "LICENSE-book", "CITATION.cff")
BINDER = ROOT / ".binder"
README = """\
# The notebooks of {title}

Made from [the source]({url}) by `book/_tools/edition.py branch`: change it
there. Begin with `intro.ipynb`. To run them, `pip install -r
requirements.txt`.
"""


def build():
    """Write the notebooks, and lay a copy beside the site's pages."""
    shutil.rmtree(EDITION, ignore_errors=True)
    options = "-W -n --keep-going -q --builder custom --custom-builder edition"
    command = [BIN / "jupyter-book", "build", ROOT, *options.split()]
    subprocess.run(command, check=True)
    shutil.rmtree(EDITION / "_static", ignore_errors=True)  # style sheets
    site = BUILD / "html"
    if site.exists():
        shutil.rmtree(site / EDITION.name, ignore_errors=True)
        shutil.copytree(EDITION, site / EDITION.name)


def digest(path):
    """Return what tells one state of a file from another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def renew(source, target):
    """Copy what is new; leave alone what its reader has changed."""
    stamp = target / STAMP
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    kept = []
    for path in sorted(source.rglob("*.ipynb")):
        name = path.relative_to(source).as_posix()
        mine = target / name
        if mine.exists() and digest(mine) not in (
            known.get(name),
            digest(path),
        ):
            kept.append(name)
            continue
        mine.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, mine)
        known[name] = digest(mine)
    target.mkdir(exist_ok=True)
    stamp.write_text(json.dumps(known, indent=1))
    return kept


def lab(more=()):
    """Open the edition in JupyterLab, without its MyST extension.

    It would number equations once more, and find no target of a link. More
    options are JupyterLab's.
    """
    for name in renew(EDITION, COPY):
        print(f"lab/{name} holds changes of yours and was left as it is")
    settings = BUILD / "lab"
    page = settings / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(
        json.dumps({"disabledExtensions": {"jupyterlab-myst": True}})
    )
    notebooks = sorted(COPY.rglob("*.ipynb"))
    subprocess.run([BIN / "jupyter", "trust", *notebooks], check=True)
    subprocess.run(
        [BIN / "jupyter", "lab", "intro.ipynb", *more],
        cwd=COPY,
        env=os.environ | {"JUPYTER_CONFIG_PATH": str(settings)},
        check=False,
    )


def branch():
    """Add the package and what installs it, as Binder expects it."""
    for name in CARRIED:
        source, target = ROOT / name, EDITION / name
        if source.is_dir():
            leave = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=leave)
        else:
            shutil.copy(source, target)
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    words = {"title": settings["title"], "url": settings["repository"]["url"]}
    (EDITION / "README.md").write_text(README.format(**words))
    shutil.copytree(BINDER, EDITION, dirs_exist_ok=True)
    after = EDITION / "postBuild"  # without trust, sliders wait for a run
    after.write_text("#!/bin/sh\njupyter trust *.ipynb */*.ipynb\n")
    after.chmod(0o755)


def main():
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("also", nargs="?", choices=["lab", "branch"])
    options, more = parser.parse_known_args()
    build()
    if options.also == "lab":
        lab(more)
    elif options.also == "branch":
        branch()


if __name__ == "__main__":
    main()

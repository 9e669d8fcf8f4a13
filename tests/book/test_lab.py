"""The reader's edition in a real JupyterLab, run from top to bottom.

The server holds a copy of the notebooks, far from the source; the browser can
reach nothing else. Five pages; all of them if EVERY_CHAPTER is set.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
EDITION = ROOT / "_build" / "edition"
EVERY = sorted(
    path.relative_to(EDITION).as_posix()
    for path in EDITION.glob("*/*.ipynb")
    if '"install"' in path.read_text(encoding="utf-8")
)
SAMPLE = [
    name
    for name in EVERY
    if name.split("/")[1][:2] in ("01", "04", "10", "14", "te")
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
]  # fmt: skip
FAULTS = """() => {
    const panel = [...window.jupyterapp.shell.widgets("main")][0];
    const found = [];
    for (const cell of panel.content.model.cells) {
        if (cell.type !== "code") continue;
        const source = cell.sharedModel.source.slice(0, 60);
        if (cell.executionCount === null) found.push(["not run", source]);
        for (let i = 0; i < cell.outputs.length; i++) {
            const output = cell.outputs.get(i).toJSON();
            if (output.output_type === "error" || output.name === "stderr")
                found.push([output.evalue || output.text, source]);
        }
    }
    return found;
}"""
RUN = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"


def missing(what):
    """Fail where the tests must run, skip where they may not."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


def test_the_sample_is_there():
    if not EVERY:
        missing("no edition: run make book first")
    assert len(SAMPLE) == 5
    assert len(EVERY) == 19


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Yield the address of a JupyterLab without extensions of ours."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(EDITION, home / "notebooks")
    settings = home / "settings" / "labconfig"
    settings.mkdir(parents=True)
    (settings / "page_config.json").write_text(
        json.dumps({"disabledExtensions": {"jupyterlab-myst": True}})
    )
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    log = (home / "log").open("w")
    options = [
        "--no-browser",
        "--expose-app-in-browser",
        "--allow-root",
        "--ip=localhost",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={home / 'notebooks'}",
        "--IdentityProvider.token=",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env=os.environ | {"JUPYTER_CONFIG_PATH": str(settings.parent)},
        stdout=log,
        stderr=log,
    )
    url = f"http://localhost:{port}"
    try:
        for _ in range(120):
            if server.poll() is not None:
                pytest.fail((home / "log").read_text()[-2000:])
            try:
                urllib.request.urlopen(f"{url}/api/status")
                break
            except OSError:
                time.sleep(0.5)
        yield url
    finally:
        server.terminate()
        server.wait()
        log.close()


@pytest.fixture(scope="module")
def browser():
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        missing("no browser")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found[0], args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize(
    "name", EVERY if os.environ.get("EVERY_CHAPTER") else SAMPLE
)
def test_runs_from_top_to_bottom(browser, lab, name):
    with browser.new_context(viewport={"width": 1300, "height": 900}) as tab:
        page = tab.new_page()
        elsewhere = []
        page.on("request", lambda request: elsewhere.append(request.url))
        page.goto(f"{lab}/doc/tree/{name}?reset")
        page.wait_for_selector(".jp-MarkdownOutput h1", timeout=90_000)
        page.wait_for_timeout(3000)  # the kernel starts
        page.set_default_timeout(180_000)
        page.evaluate(RUN)
        assert page.evaluate(FAULTS) == []

        handle = page.locator(".jp-OutputArea .noUi-handle").first
        handle.scroll_into_view_if_needed()
        picture = page.locator(".jupyter-widgets img:visible").first
        before = picture.get_attribute("alt")
        handle.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)
        assert picture.get_attribute("alt") != before

        answer = page.locator("li details").first
        answer.scroll_into_view_if_needed()
        answer.locator("summary").click()
        assert answer.get_attribute("open") is not None
        reply = answer.inner_text()
        assert "✓" in reply or "✗" in reply

        assert page.locator("mjx-container").count() > 2
        assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
        local = (lab, "data:", "blob:", lab.replace("http", "ws"))
        assert [url for url in elsewhere if not url.startswith(local)] == []
    release(lab)


def release(lab):
    """End the kernel of the page that was run."""
    with urllib.request.urlopen(f"{lab}/api/sessions") as answer:
        sessions = json.load(answer)
    for session in sessions:
        request = urllib.request.Request(
            f"{lab}/api/sessions/{session['id']}", method="DELETE"
        )
        urllib.request.urlopen(request)

"""The built site in a headless browser, with every way out cut off.

Each page is opened both as a file and from a local server. A page passes if
it logs no error and asks nothing of another machine.
"""

import functools
import http.server
import os
import re
import shutil
import threading
from pathlib import Path

import pytest
import yaml

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
    "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
]  # fmt: skip
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"]] + [
    entry["file"] for part in TOC["parts"] for entry in part["chapters"]
]
CHAPTER = re.compile(r"/\d\d-")
TEMPLATE = "book/appendix/template"


def missing(what):
    """Fail where the tests must run, skip where they may not."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


@pytest.fixture(scope="module")
def browser():
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        missing(f"no browser: none of {', '.join(BROWSERS)} is installed")
    if not (SITE / "index.html").exists():
        missing("no site: run make book first")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found[0], args=FLAGS)
        yield browser
        browser.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    handler = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module", params=["file", "http"])
def base(request):
    if request.param == "file":
        return SITE.as_uri()
    return request.getfixturevalue("server")


@pytest.fixture(scope="module")
def context(browser, base):
    """Yield one visitor, whose browser keeps what it has fetched."""
    with browser.new_context() as context:
        yield context


@pytest.fixture
def page(context, base):
    """Yield an empty page, and fail if it logged or fetched the wrong."""
    wrong = []

    def watch(request):
        if not request.url.startswith((base, "data:", "blob:")):
            wrong.append(f"asks for {request.url}")

    page = context.new_page()
    page.on("request", watch)
    page.on("console", lambda m: m.type == "error" and wrong.append(m.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda r: wrong.append(f"{r.url}: {r.failure}"))
    yield page
    page.close()
    assert wrong == []


def visit(page, base, name):
    """Open a page, and wait until its mathematics is set."""
    page.goto(f"{base}/{name}.html")
    page.evaluate("window.MathJax?.startup.promise")
    if page.locator(".math").count():
        assert page.locator("mjx-container").count()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole(page, base, name):
    visit(page, base, name)
    assert page.locator("article h1").count() == 1
    pictures = page.locator("main img")
    for picture in pictures.all():
        assert picture.get_attribute("alt"), picture.get_attribute("src")
        assert picture.evaluate("e => e.complete && e.naturalWidth > 0")
    assert page.locator("mjx-merror").count() == 0
    if CHAPTER.search(name):
        page.locator(".Quiz").first.wait_for()
    for question in page.locator(".Quiz").all():
        question.locator("label[data-correct=true]").first.click()
        feedback = question.locator(".Feedback.correct")
        assert re.search(r"\w", feedback.inner_text())


def test_quiz_works_from_the_keyboard(page, base):
    visit(page, base, TEMPLATE)
    question = page.locator(".Quiz").first
    question.locator("label[data-correct=false] input").focus()
    page.keyboard.press("Space")
    question.locator(".Feedback.incorrect").wait_for()


def test_slider_moves_without_a_kernel(page, base):
    visit(page, base, TEMPLATE)
    slider = page.locator(".jupyter-widgets [role=slider]").first
    slider.wait_for()
    area = page.locator(".cell_output", has=slider)
    before = area.inner_html()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert area.inner_html() != before


def test_search_finds_a_word(page, base):
    page.goto(f"{base}/search.html?q=recursion")
    page.locator("#search-results li a").first.wait_for()


def test_solution_unfolds(page, base):
    visit(page, base, TEMPLATE)
    solution = page.locator(".solution").first
    assert not solution.locator("p").last.is_visible()
    solution.locator(".toggle-button, summary, button").first.click()
    page.wait_for_timeout(500)
    assert solution.locator("p").last.is_visible()


CHAPTERS = [name for name in PAGES if CHAPTER.search(name)]


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_has_its_buttons(browser, name):
    html = (SITE / f"{name}.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]*)"', html)
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    for part in (
        "https://mybinder.org/v2/gh/",  # run
        "/issues/new?",  # report
        "/edit/main/book/",  # edit
        ".ipynb",  # download
        config["repository"]["url"],
    ):
        assert [link for link in links if part in link], part
    assert 'class="left-prev"' in html
    assert 'class="right-next"' in html


@pytest.fixture(scope="module")
def phone(browser):
    """Yield a page 360 pixels wide."""
    with browser.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True
    ) as context:
        yield context.new_page()


@pytest.mark.parametrize("name", [*PAGES, "genindex", "prf-prf", "search"])
def test_nothing_is_cut_on_a_phone(phone, name):
    visit(phone, SITE.as_uri(), name)
    cut = phone.evaluate("""() => [...document.querySelectorAll("span.math")]
        .filter(e => e.scrollWidth > e.clientWidth + 1)
        .filter(e => getComputedStyle(e).overflowX === "hidden")
        .map(e => e.textContent.slice(0, 40))""")
    assert cut == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_formula_is_no_tab_stop(page, base):
    visit(page, base, CHAPTERS[7])
    stops = page.locator("mjx-container[tabindex='0']:not(.more-to-the-right)")
    assert page.locator("mjx-container").count() > 100
    assert stops.count() == 0


def test_sliders_and_answers_have_names(page, base):
    visit(page, base, CHAPTERS[0])
    slider = page.locator(".jupyter-widgets [role=slider]").first
    slider.wait_for()
    before = slider.get_attribute("aria-valuetext")
    assert slider.get_attribute("aria-label")
    assert re.search(r"\d", before)
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert slider.get_attribute("aria-valuetext") != before
    page.locator(".Quiz mjx-container").first.wait_for()
    page.wait_for_timeout(500)
    for answer in page.locator(".MCButton input").all():
        assert re.search(r"\w", answer.get_attribute("aria-label") or "")


@pytest.mark.parametrize("name", [*PAGES, "genindex", "prf-prf", "search"])
def test_axe_finds_no_fault(browser, name):
    with browser.new_context(color_scheme="light") as context:
        page = context.new_page()
        visit(page, SITE.as_uri(), name)
        if CHAPTER.search(name):
            page.locator(".Quiz").first.wait_for()
            page.locator(".jupyter-widgets [role=slider]").first.wait_for()
        found = axe.Axe().run(page).response["violations"]
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.wait_for_timeout(400)  # colours fade into each other
        dark = axe.Axe().run(page, options={"runOnly": ["color-contrast"]})
        found += dark.response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []

// Loaded in the head of every page, before the libraries it prepares for.
{
  const here = document.currentScript.src.replace(/qcl\.js.*$/, "");
  window.__jupyter_widgets_assets_path__ = here + "vendor/html-manager/";

  // A page opened as a file cannot fetch others to quote from them.
  if (location.protocol === "file:") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  const each = (selector, change) =>
    document.querySelectorAll(selector).forEach(change);

  // What is wider than its box fades out where more can be scrolled to.
  const fade = () =>
    each(".bd-content :is(div.math mjx-container, span.math, pre)", (e) => {
      const end = e.querySelector("mjx-math")?.getBoundingClientRect().right
        ?? e.getBoundingClientRect().left + e.scrollWidth - e.scrollLeft;
      const more = end > e.getBoundingClientRect().right + 2;
      e.classList.toggle("more-to-the-right", more);
      if (more) e.tabIndex = 0; // so that the keyboard can scroll it
    });
  window.addEventListener("load", async () => {
    await window.MathJax?.startup?.promise;
    fade();
    document.fonts.ready.then(fade);
    window.addEventListener("resize", fade);
    document.addEventListener("scroll", ({ target }) => {
      if (target !== document) fade();
    }, { capture: true, passive: true });
  });

  // The name of an answer with formulas is its text with their source.
  const nameAnswer = (input) => {
    const label = input.closest("label");
    if (/\\\(|\$/.test(label.textContent)) return; // not typeset yet
    const copy = label.cloneNode(true);
    const formulas = [...(window.MathJax?.startup?.document?.math ?? [])];
    const drawn = [...label.querySelectorAll("mjx-container")];
    copy.querySelectorAll("mjx-container").forEach((element, i) => {
      const item = formulas.find((f) => f.typesetRoot === drawn[i]);
      element.replaceWith(item ? ` ${item.math} ` : " formula ");
    });
    input.setAttribute("aria-label", copy.textContent.trim());
  };

  // A slider is called by its label, and speaks its reading, not its index.
  const nameSlider = (slider) => {
    const box = slider.closest(".widget-slider");
    const text = (part) => box?.querySelector(part)?.textContent.trim();
    const set = (name, value) =>
      value && slider.getAttribute(name) !== value &&
      slider.setAttribute(name, value);
    set("aria-label", text(".widget-label"));
    set("aria-valuetext", text(".widget-readout"));
  };

  // Names and roles for screen readers that the theme leaves out.
  document.addEventListener("DOMContentLoaded", () => {
    // The widget manager knows MathJax 2 only.
    if (window.MathJax) {
      MathJax.Hub = {
        Queue: ([, , element]) => MathJax.typesetPromise([element]),
      };
    }
    each(".search-button-field", (e) =>
      e.setAttribute("aria-label", e.textContent.replace(/\s+/g, " ").trim()));
    each("[role=list] > .citation", (e) => e.setAttribute("role", "listitem"));
    each(".navbar-brand", (e) => {
      if (e.closest("nav, header, [role=region]")) return;
      e.parentElement.setAttribute("role", "region");
      e.parentElement.setAttribute("aria-label", "Book title");
    });
    // What appears later: quizzes, their formulas, sliders.
    new MutationObserver(() => {
      // A quiz writes its answer into .Feedback: have it read out.
      each(".Feedback:not([role])", (e) => e.setAttribute("role", "status"));
      each(".MCButton input:not([aria-label])", nameAnswer);
      each(".jupyter-widgets [role=slider]", nameSlider);
    }).observe(document.body, { childList: true, subtree: true });
  });
}

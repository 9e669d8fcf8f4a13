// Loaded in the head of every page, before the libraries it prepares for.
{
  const here = document.currentScript.src.replace(/qcl\.js.*$/, "");
  window.__jupyter_widgets_assets_path__ = here + "vendor/html-manager/";

  // A page opened as a file cannot fetch others to quote from them.
  if (location.protocol === "file:") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  // Names and roles for screen readers that the theme leaves out.
  const each = (selector, change) =>
    document.querySelectorAll(selector).forEach(change);
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
    // A quiz writes its answer into .Feedback: have it read out.
    new MutationObserver(() =>
      each(".Feedback:not([role])", (e) => e.setAttribute("role", "status")),
    ).observe(document.body, { childList: true, subtree: true });
  });
}

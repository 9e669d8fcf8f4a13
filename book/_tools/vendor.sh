#!/usr/bin/env bash
# Fetch the browser libraries that the site serves itself (make vendor).
set -euo pipefail
mathjax=3.2.2 html_manager=1.0.15
here=$(cd "$(dirname "$0")/../_static/vendor" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm pack --silent "mathjax@$mathjax" "@jupyter-widgets/html-manager@$html_manager"
mkdir mathjax widgets
tar xzf mathjax-*.tgz -C mathjax --strip-components=1
tar xzf jupyter-widgets-*.tgz -C widgets --strip-components=1

rm -rf "$here/mathjax" "$here/html-manager"
mkdir -p "$here/mathjax/output/chtml" "$here/mathjax/input/tex" "$here/html-manager"
cp mathjax/LICENSE mathjax/es5/tex-mml-chtml.js "$here/mathjax/"
cp -r mathjax/es5/output/chtml/fonts "$here/mathjax/output/chtml/"
cp -r mathjax/es5/input/tex/extensions "$here/mathjax/input/tex/"
rm "$here/mathjax/input/tex/extensions/all-packages.js"
cp widgets/dist/embed.js widgets/dist/embed.js.LICENSE.txt widgets/dist/*.woff2 "$here/html-manager/"
sed -i.bak '/^\/\/# sourceMappingURL/d' "$here/html-manager/embed.js" && rm "$here/html-manager/embed.js.bak"

#!/usr/bin/env bash
# Make _build/edition the one commit of the edition's branch, and push it.
set -euo pipefail
cd "$(dirname "$0")/../.."
branch=$(sed -nE 's/^ *edition_branch: *([^ #]+).*/\1/p' _config.yml)
said="The edition of $(git rev-parse --short HEAD)"

export GIT_DIR=$PWD/.git GIT_WORK_TREE=$PWD/_build/edition
GIT_INDEX_FILE=$(mktemp -u)
export GIT_INDEX_FILE
export GIT_AUTHOR_NAME=edition GIT_AUTHOR_EMAIL=edition@localhost
export GIT_COMMITTER_NAME=edition GIT_COMMITTER_EMAIL=edition@localhost
git add --all --force
git update-index --chmod=+x postBuild
commit=$(git commit-tree -m "$said" "$(git write-tree)")
git push --force origin "$commit:refs/heads/$branch"

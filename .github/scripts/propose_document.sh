#!/usr/bin/env bash
# Proposes a newly published document as the pull request drift/published. Where a person has worked
# on that branch, nothing is pushed: the report becomes a comment there.
#
# Takes the folder that holds taken.patch and report.md. Runs nothing that is built from this repository.
set -euo pipefail
given="$1"
branch="drift/published"
bot="41898282+github-actions[bot]@users.noreply.github.com"

git config user.name "github-actions[bot]"
git config user.email "$bot"
base="$(git rev-parse HEAD)"
# The pinned interface and its snapshots alone, whatever else the patch holds.
git apply --index --include='spec/*' --include='tests/suite/snapshots/*' "$given/taken.patch"
git commit --quiet --message "Take the newest published document"

# The text of a pull request has an end.
head --bytes 60000 "$given/report.md" >"$given/body.md"

old="$(git ls-remote origin "refs/heads/$branch" | cut -f1)"
if [ -z "$old" ]; then
  git push --quiet origin "HEAD:refs/heads/$branch"
else
  git fetch --quiet origin "refs/heads/$branch"
  old="$(git rev-parse FETCH_HEAD)"
  others="$(git log --format='%ae%n%ce' "$base..$old" | sort -u | grep -vxF "$bot" || true)"
  if [ -n "$others" ]; then
    {
      printf 'A newer document was published. This branch has commits of others, so that nothing was\n'
      printf 'pushed to it: take the document with `cargo xtask regen --from <address>`.\n\n'
      cat "$given/body.md"
    } >"$given/comment.md"
    gh pr comment "$branch" --body-file "$given/comment.md"
    exit 0
  fi
  # Only what was looked at is replaced: a push in between stops this one.
  git push --quiet --force-with-lease="refs/heads/$branch:$old" origin "HEAD:refs/heads/$branch"
fi

if [ "$(gh pr list --head "$branch" --state open --json number --jq length)" = 0 ]; then
  gh pr create --head "$branch" --title "Take the newest published document" --body-file "$given/body.md"
else
  gh pr edit "$branch" --body-file "$given/body.md"
fi

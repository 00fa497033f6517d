#!/usr/bin/env bash
# Opens an issue about a published document that cannot be taken without a person, or adds to the open
# one. Takes the folder that holds log.txt and, when there is a comparison, report.md.
set -euo pipefail
given="$1"
title="The newest published document cannot be taken as it is"

{
  printf '`cargo xtask regen` stopped. What to do: `docs/new-document.md`.\n\n'
  # Indented, it is text whatever it holds.
  tail --lines 40 "$given/log.txt" | cut --bytes 1-500 | tr -d '\000-\010\013-\037' | sed 's/^/    /'
  printf '\n'
  if [ -s "$given/report.md" ]; then
    head --bytes 50000 "$given/report.md"
  fi
} >"$given/issue.md"

number="$(gh issue list --state open --search "in:title \"$title\"" --json number --jq '.[0].number // empty')"
if [ -z "$number" ]; then
  gh issue create --title "$title" --body-file "$given/issue.md"
else
  gh issue comment "$number" --body-file "$given/issue.md"
fi

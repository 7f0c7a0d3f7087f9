#!/bin/sh
# Stands in for Claude Code where documents are run: makes and carries out the
# small migration that they tell of.
case $1 in --version) echo '2.1.300 (Claude Code)'; exit ;; esac
prompt=$(cat)
cd "$PITON_WORKSPACE" || exit 1
phase() {
  printf '# %s\n\n## Precondition\n\n%s\n\n## Definition of Done\n\n%s\n' "$2" "$3" "$4" >"$1"
}
case $PITON_ROLE in
planning.approaches)
  mkdir -p approaches
  echo '# A function of its own for counting' >approaches/a-seam.md
  echo '# A second script beside the first' >approaches/a-second-script.md
  echo 'Two ways are written down: a seam, and a second script.' ;;
planning.pick-best) echo 'Chosen approach: a-seam' ;;
planning.expand)
  printf '# Split counting from writing\n\n1. A function counts.\n2. The report uses it.\n' >plan.md
  phase phase-1-count.md 'Count in one place' 'tally.sh counts words.' 'count.sh prints the counts.'
  phase phase-2-report.md 'Use it' 'count.sh prints the counts.' 'tally.sh calls count.sh.'
  echo 'The plan has two phases.' ;;
planning.review) echo '1. Phase 2 does not say that the output stays the same.'; echo 'review-verdict: findings' ;;
planning.revise)
  phase phase-2-report.md 'Use it' 'count.sh prints the counts.' 'tally.sh calls count.sh and prints what it printed before.'
  echo '1. Its definition of done says so now.' ;;
planning.review-2) echo 'No findings.' ;;
planning.final-review)
  case $prompt in
  *'public API'*) echo 'final-decision: approve-needs-human — it opens the public API' ;;
  *) echo 'final-decision: approve-auto — two small phases, each checked by test.sh' ;;
  esac ;;
refactor)
  echo "# Looked at: $(wc -l <tally.sh) lines." >>tally.sh
  cat <<END
Done.

BEGIN_CONTINUOUS_REFACTORING_STATUS
decision: commit
summary: A note says how long the script is.
commit_rationale: Whoever opens it knows how much there is to read.
tests_run: sh test.sh
END_CONTINUOUS_REFACTORING_STATUS
END
  ;;
phase.ready-check) echo 'ready: yes' ;;
phase.execute)
  if [ -f count.sh ]; then
    echo 'sh count.sh | sort -rn' >tally.sh
    why='The report counts in one place only.'
  else
    echo "tr -s ' ' '\\n' | sort | uniq -c" >count.sh
    why='Counting can be used by a second report now.'
  fi
  cat <<END
Done.

BEGIN_CONTINUOUS_REFACTORING_STATUS
decision: commit
summary: $why
commit_rationale: $why
tests_run: sh test.sh
END_CONTINUOUS_REFACTORING_STATUS
END
  ;;
*) echo 'Done.' ;;
esac

//! What a user's shell says to git counts for the user's own git. Piton's gits
//! do the same work whatever it says.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, strings};

#[test]
fn variables_for_git_change_nothing_of_what_a_command_does() {
    for (name, value) in [
        ("GIT_TRACE", "1"),
        ("GIT_TRACE_SETUP", "1"),
        ("GIT_TRACE2", "1"),
        ("GIT_GLOB_PATHSPECS", "1"),
        ("GIT_NOGLOB_PATHSPECS", "1"),
        ("GIT_ICASE_PATHSPECS", "1"),
        ("GIT_CONFIG", "/no/such/file"),
        ("GIT_DIR", "/no/such/directory"),
        ("GIT_INDEX_FILE", "/no/such/index"),
    ] {
        let env = TestEnv::planned(0);
        let step = strings(&["migration", "step", SLUG]);
        let step = [step, env.script("good", GOOD)].concat();
        let output = env.command(&step).env(name, value).output().unwrap();
        let ran = env.finish(output);
        assert_eq!(ran.code, 0, "{name}: {}", ran.shown());
        assert_eq!(env.repo.git(&["status", "--porcelain"]), "", "{name}");
    }
}

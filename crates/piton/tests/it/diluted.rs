//! Honest and dishonest changes of tests, through the whole loop, in each
//! language.

use std::fmt::Write as _;
use std::fs;

use piton_testkit::ScratchRepo;

use crate::env::{Ran, TestEnv};

/// A test file: its path, its text, and a change of it that weakens it.
const FILES: [(&str, &str, &str, &str); 6] = [
    (
        "tests/test_total.py",
        "def test_total():\n    assert total([1, 2]) == 3\n",
        "def test_total",
        "@pytest.mark.skip\ndef test_total",
    ),
    (
        "src/total.test.ts",
        "test('total', () => {\n  expect(total([1, 2])).toBe(3);\n});\n",
        "expect(total([1, 2])).toBe(3)",
        "expect(true).toBe(true)",
    ),
    (
        "tests/total.rs",
        "#[test]\nfn total_adds() {\n    assert_eq!(total(&[1, 2]), 3);\n}\n",
        "    assert_eq!",
        "    return;\n    assert_eq!",
    ),
    (
        "total_test.go",
        "package total\n\nfunc TestTotal(t *testing.T) {\n\tif Total(1, 2) != 3 {\n\t\tt.Fatal(\"no\")\n\t}\n}\n",
        "\t\tt.Fatal(\"no\")\n",
        "\t\tt.Log(\"no\")\n",
    ),
    (
        "src/test/java/TotalTest.java",
        "class TotalTest {\n    @Test\n    void adds() {\n        assertEquals(3, total(1, 2));\n    }\n}\n",
        "    @Test\n    void adds() {\n        assertEquals(3, total(1, 2));\n    }\n",
        "",
    ),
    (
        "spec/total_spec.rb",
        "describe 'total' do\n  it 'adds' do\n    expect(total(1, 2)).to eq(3)\n  end\nend\n",
        "it 'adds' do",
        "xit 'adds' do",
    ),
];

/// An agent that weakens the file that it is asked about. When it is told, it
/// changes the file honestly.
const AGENT: &str = r#"
prompt=$(cat)
here=$(dirname "$0")
for number in 0 1 2 3 4 5; do
  path=$(cat "$here/$number.path")
  case "$prompt" in
    *"$path"*)
      case "$prompt" in
        *"it weakens the tests"*) cp "$here/$number.honest" "$path" ;;
        *) cp "$here/$number.dishonest" "$path" ;;
      esac ;;
  esac
done
echo done
"#;

struct Yard {
    env: TestEnv,
    targets: String,
    agent: String,
}

impl Yard {
    fn new(policy: &str) -> Self {
        let repo = ScratchRepo::new();
        for (path, text, ..) in FILES {
            repo.write(path, text);
        }
        let settings = format!("[validation]\ndilution = \"{policy}\"\n");
        repo.write("piton.toml", &settings);
        repo.commit_all("tests in six languages");
        let env = TestEnv::over(repo);
        let place = env.home.path().join("agent");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("agent.sh"), AGENT).unwrap();
        let mut targets = String::new();
        for (number, (path, text, from, to)) in FILES.iter().enumerate() {
            let put = |ending: &str, text: &str| {
                fs::write(place.join(format!("{number}.{ending}")), text).unwrap();
            };
            put("path", path);
            put("dishonest", &text.replace(from, to));
            put("honest", &honest(text));
            let _ = writeln!(
                targets,
                "{{\"description\": \"{path}\", \"files\": [\"{path}\"]}}"
            );
        }
        let file = place.join("targets.jsonl");
        fs::write(&file, targets).unwrap();
        Self {
            targets: file.display().to_string(),
            agent: format!("sh {}", place.join("agent.sh").display()),
            env,
        }
    }

    fn run(&self, more: &[&str]) -> Ran {
        let mut all = vec![
            "run",
            "--targets",
            &self.targets,
            "--jobs",
            "2",
            "--with",
            "command",
            "--agent-command",
            &self.agent,
            "--validation-command",
            "true",
        ];
        all.extend(more);
        self.env.run(&all)
    }
}

/// A renamed test is as good as it was.
fn honest(text: &str) -> String {
    text.replace('3', "1 + 2")
}

#[test]
fn dishonest_changes_in_each_language_go_back_with_the_list_and_honest_ones_land() {
    let yard = Yard::new("refuse");
    let ran = yard.run(&["--json"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(ran.json()["commits"], 6, "{}", ran.shown());
    for (path, text, ..) in FILES {
        assert_eq!(yard.env.repo.read(path), honest(text), "{path}");
    }
    let mut prompts = String::new();
    let runs = yard.env.path().join(".git/piton/runs");
    for run in fs::read_dir(runs).unwrap().flatten() {
        for call in fs::read_dir(run.path().join("calls")).into_iter().flatten() {
            let file = call.unwrap().path().join("prompt.md");
            prompts += &fs::read_to_string(file).unwrap_or_default();
        }
    }
    for part in [
        "the test test_total no longer runs: @pytest.mark.skip",
        "the test total no longer checks anything",
        "the test total_adds no longer runs: it returns before it does anything",
        "the test TestTotal no longer checks anything",
        "the test adds was deleted",
        "the test adds no longer runs: xit",
    ] {
        assert!(prompts.contains(part), "no agent was told: {part}");
    }
}

#[test]
fn where_they_are_to_be_told_they_land_and_each_is_told() {
    let yard = Yard::new("report");
    let ran = yard.run(&[]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    for (path, text, from, to) in FILES {
        assert_eq!(yard.env.repo.read(path), text.replace(from, to), "{path}");
        let told = format!("look: {path}:");
        assert!(ran.stdout.contains(&told), "{path}: {}", ran.shown());
    }
}

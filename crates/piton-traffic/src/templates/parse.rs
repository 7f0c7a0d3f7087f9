//! What a deployed file says: ours, and the original's.

/// Returns the name of the secret that a workflow reads.
pub fn secret_in(workflow: &str) -> Option<String> {
    let mut rest = workflow;
    while let Some((_, after)) = rest.split_once("secrets.") {
        let name: String = after
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        if !name.is_empty() && name != "GITHUB_TOKEN" {
            return Some(name);
        }
        rest = after;
    }
    None
}

/// Returns the branches whose pushes start a workflow.
pub fn push_branches(workflow: &str) -> Vec<String> {
    under(workflow, "push", "branches")
}

/// Returns the workflows after which a workflow runs; none where that trigger
/// is a comment.
pub fn ci_trigger(workflow: &str) -> Vec<String> {
    under(workflow, "workflow_run", "workflows")
}

/// Returns the list below a key below one of the triggers. It reads what the
/// templates hold, and is no reader of YAML.
fn under(workflow: &str, trigger: &str, key: &str) -> Vec<String> {
    let mut lines = workflow.lines();
    let begins = format!("{trigger}:");
    if !lines.any(|line| line.trim_start().starts_with(&begins) && line.starts_with(' ')) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut in_list = false;
    for line in lines {
        let text = line.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(rest) = text.strip_prefix(&format!("{key}:")) {
            in_list = true;
            let inline = rest.split('#').next().unwrap_or_default().trim();
            if let Some(list) = inline
                .strip_prefix('[')
                .and_then(|list| list.strip_suffix(']'))
            {
                return list
                    .split(',')
                    .map(plain)
                    .filter(|name| !name.is_empty())
                    .collect();
            }
        } else if let (true, Some(name)) = (in_list, text.strip_prefix("- ")) {
            found.push(plain(name));
        } else if in_list || !line.starts_with("    ") {
            break;
        }
    }
    found
}

fn plain(name: &str) -> String {
    let name = name.trim();
    if name.starts_with('"')
        && let Ok(serde_json::Value::String(text)) = serde_json::from_str(name)
    {
        return text;
    }
    name.trim_matches('\'').to_owned()
}

/// Returns a constant of a dashboard: in the JSON block of ours, or in the
/// script of the original.
pub fn constant(page: &str, name: &str) -> Option<String> {
    for (begins, quotes) in [
        (format!("\"{name}\":"), &['"'][..]),
        (format!("const {name} ="), &['"', '\''][..]),
    ] {
        let Some((_, after)) = page.split_once(&begins) else {
            continue;
        };
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| quotes.contains(c))?;
        let (value, _) = after[1..].split_once(quote)?;
        return Some(value.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_workflow_are_read() {
        let ours = "on:\n  push:\n    branches:\n      - \"main\"\n  workflow_run: # x\n    workflows:\n      - \"CI \\\"x\\\"\"\n    types:\n      - completed\n";
        assert_eq!(push_branches(ours), ["main"]);
        assert_eq!(ci_trigger(ours), ["CI \"x\""]);
        let theirs = "on:\n  push:\n    branches: [main]\n  # workflow_run:\n  #   workflows: [\"CI\"]\npermissions: {}\n";
        assert_eq!(push_branches(theirs), ["main"]);
        assert!(ci_trigger(theirs).is_empty());
        let active = "on:\n  workflow_run:\n    workflows: [\"CI\", 'B']\n    types: [completed]\n";
        assert_eq!(ci_trigger(active), ["CI", "B"]);
        assert!(push_branches(active).is_empty());
        assert_eq!(
            secret_in("token: ${{ secrets.GITHUB_TOKEN }} ${{ secrets.T_1 }}").as_deref(),
            Some("T_1")
        );
    }

    #[test]
    fn both_forms_of_a_dashboard_are_read() {
        assert_eq!(
            constant("{\"REPO_NAME\":\"w\"}", "REPO_NAME").as_deref(),
            Some("w")
        );
        assert_eq!(
            constant("const REPO_NAME = 'w';", "REPO_NAME").as_deref(),
            Some("w")
        );
        assert_eq!(constant("", "REPO_NAME"), None);
    }
}

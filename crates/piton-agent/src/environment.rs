//! The environment that an agent is given: an allow-list, never all of it.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::adapter::EnvironmentSpec;
use crate::host::Host;
use crate::secrets;

/// What any program needs to run: where things are, how to print, how to reach
/// the network. No key and no token is among these.
const COMMON: &[&str] = &[
    "ALL_PROXY",
    "BUN_INSTALL",
    "CARGO_HOME",
    "COLORTERM",
    "CURL_CA_BUNDLE",
    "DENO_DIR",
    "DOTNET_ROOT",
    "GOCACHE",
    "GOMODCACHE",
    "GOPATH",
    "GOROOT",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "JAVA_HOME",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "LOGNAME",
    "NODE_EXTRA_CA_CERTS",
    "NO_COLOR",
    "NO_PROXY",
    "NVM_DIR",
    "PATH",
    "PNPM_HOME",
    "PYENV_ROOT",
    "REQUESTS_CA_BUNDLE",
    "RUSTUP_HOME",
    "SHELL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
    "VIRTUAL_ENV",
    "VOLTA_HOME",
    "XDG_*",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// What no agent is given, whatever a list says: with these it could push,
/// merge and publish in the user's name. Names count in any case.
const NEVER: &[&str] = &[
    "ACTIONS_*",
    "ANACONDA_API_TOKEN",
    "ARTIFACTORY_*",
    "AUR_*",
    "AZURE_DEVOPS_*",
    "BITBUCKET_*",
    "BUNDLE_GEM*",
    "BUNDLE_RUBYGEMS*",
    "CARGO_REGISTRIES_*",
    "CARGO_REGISTRY_*",
    "CHOCOLATEY_API_KEY",
    "CI_DEPLOY_*",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
    "CLOJARS_*",
    "COCOAPODS_TRUNK_TOKEN",
    "CODEARTIFACT_AUTH_TOKEN",
    "CODEBERG_*",
    "CODECOV_TOKEN",
    "CR_PAT",
    "DENO_AUTH_TOKENS",
    "DOCKERHUB_*",
    "DOCKER_AUTH_CONFIG",
    "DOCKER_HUB_*",
    "DOCKER_PASSWORD",
    "DOCKER_TOKEN",
    "FLIT_PASSWORD",
    "FORGEJO_*",
    "GEM_HOST_API_KEY",
    "GERRIT_*",
    "GH_*",
    "GITEA_*",
    "GITHUB_*",
    "GITLAB_*",
    "GIT_ASKPASS",
    "GIT_CONFIG_*",
    "GIT_SSH*",
    "GOPROXY_TOKEN",
    "GPG_PASSPHRASE",
    "HATCH_INDEX_*",
    "HEX_API_KEY",
    "HOMEBREW_GITHUB_*",
    "HUB_TOKEN",
    "JFROG_*",
    "JSR_TOKEN",
    "MAVEN_PASSWORD",
    "MAVEN_TOKEN",
    "NODE_AUTH_TOKEN",
    "NPM_AUTH_TOKEN",
    "NPM_CONFIG_*AUTH*",
    "NPM_PUBLISH_TOKEN",
    "NPM_TOKEN",
    "NUGET_API_KEY",
    "NUGET_TOKEN",
    "ORG_GRADLE_PROJECT_*",
    "OSSRH_*",
    "OVSX_PAT",
    "PDM_PUBLISH_*",
    "PITON_*",
    "POETRY_HTTP_BASIC_*",
    "POETRY_PYPI_TOKEN_*",
    "PUB_TOKEN",
    "PYPI_*",
    "QUAY_*",
    "RUBYGEMS_*",
    "SNAPCRAFT_STORE_CREDENTIALS",
    "SONATYPE_*",
    "SOURCEHUT_*",
    "SRHT_*",
    "SSH_AGENT_PID",
    "SSH_ASKPASS",
    "SSH_AUTH_SOCK",
    "SYSTEM_ACCESSTOKEN",
    "TEST_PYPI_*",
    "TF_TOKEN_*",
    "TWINE_*",
    "UV_INDEX_*",
    "UV_PUBLISH_*",
    "VSCE_PAT",
    "YARN_NPM_AUTH*",
];

/// Returns the variables for an agent: those of the common list and of the
/// adapter's, then what the adapter sets, then what the call sets.
pub fn build(
    host: &Host,
    spec: &EnvironmentSpec,
    call: &[(&str, String)],
) -> BTreeMap<OsString, OsString> {
    let allowed = |name: &str| {
        let listed = COMMON
            .iter()
            .copied()
            .chain(spec.allow.iter().map(String::as_str))
            .any(|entry| covers(entry, name));
        listed && !is_never_passed(name)
    };
    let passed = host
        .environment
        .iter()
        .filter(|(name, _)| name.to_str().is_some_and(allowed));
    let mut environment: BTreeMap<OsString, OsString> = passed
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let as_root = host.is_root.then_some(&spec.set_as_root);
    for (name, value) in spec.set.iter().chain(as_root.into_iter().flatten()) {
        environment.insert(name.into(), value.into());
    }
    // Nobody sits at an agent's terminal to type a password.
    environment.insert("GIT_TERMINAL_PROMPT".into(), "0".into());
    for (name, value) in call {
        environment.insert(name.into(), value.into());
    }
    environment
}

/// Returns the user's environment without what nobody but the user may use, for
/// programs that run on an agent's work: what they need nobody can list. Nothing
/// in it leads a git to another repository.
pub fn of_the_user(host: &Host) -> BTreeMap<OsString, OsString> {
    let passed = |name: &OsString| {
        let name = name.to_str();
        name.is_some_and(|name| !is_never_passed(name) && !name.starts_with("GIT_"))
    };
    let all = host.environment.iter();
    all.filter(|(name, _)| passed(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Returns the values in piton's environment that look like secrets by the name
/// they go under, for keeping them out of what is stored.
pub fn secrets(host: &Host) -> Vec<String> {
    secrets::known(host)
        .into_iter()
        .map(|known| known.value)
        .collect()
}

/// Tells whether a variable is one that no agent is ever given.
pub fn is_never_passed(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NEVER.iter().any(|entry| match entry.split_once("*AUTH*") {
        Some((prefix, _)) => name
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.contains("AUTH")),
        None => covers(entry, &name),
    })
}

fn covers(entry: &str, name: &str) -> bool {
    entry
        .strip_suffix('*')
        .map_or(entry == name, |prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(is_root: bool) -> Host {
        let variables = [
            ("PATH", "/bin"),
            ("LC_ALL", "C"),
            ("ANTHROPIC_API_KEY", "sk-agent"),
            ("GH_TOKEN", "ghp_forge"),
            ("GITHUB_TOKEN", "ghs_forge"),
            ("SSH_AUTH_SOCK", "/run/agent"),
            ("DATABASE_PASSWORD", "hunter2"),
            ("EDITOR", "vi"),
        ];
        let environment = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Host {
            environment,
            is_root,
            ..Host::default()
        }
    }

    fn names(spec: &EnvironmentSpec, is_root: bool) -> Vec<String> {
        let call = [("PITON_ROLE", "classify".to_owned())];
        let environment = build(&host(is_root), spec, &call);
        environment
            .into_keys()
            .map(|name| name.into_string().unwrap())
            .collect()
    }

    #[test]
    fn only_what_is_listed_is_passed_on_and_never_a_forge_token() {
        let spec = EnvironmentSpec {
            allow: vec!["ANTHROPIC_*".into(), "GITHUB_TOKEN".into(), "GH_*".into()],
            ..EnvironmentSpec::default()
        };
        let expected = [
            "ANTHROPIC_API_KEY",
            "GIT_TERMINAL_PROMPT",
            "LC_ALL",
            "PATH",
            "PITON_ROLE",
        ];
        assert_eq!(names(&spec, false), expected);
    }

    #[test]
    fn no_list_lets_a_token_of_a_registry_or_a_forge_through() {
        let spec = EnvironmentSpec {
            allow: vec!["*".into()],
            ..EnvironmentSpec::default()
        };
        for name in [
            "UV_PUBLISH_TOKEN",
            "TWINE_PASSWORD",
            "FORGEJO_TOKEN",
            "BITBUCKET_APP_PASSWORD",
            "npm_config__auth",
            "NPM_CONFIG_//registry.example/:_authToken",
            "POETRY_PYPI_TOKEN_MAIN",
            "CARGO_REGISTRY_TOKEN",
            "GITEA_SERVER_TOKEN",
            "UV_INDEX_MINE_PASSWORD",
            "VSCE_PAT",
            "JFROG_ACCESS_TOKEN",
            "QUAY_TOKEN",
            "TF_TOKEN_app_terraform_io",
        ] {
            let host = Host {
                environment: [(name.into(), "secret".into())].into(),
                ..Host::default()
            };
            let passed = build(&host, &spec, &[]);
            assert!(!passed.contains_key(std::ffi::OsStr::new(name)), "{name}");
        }
        let host = Host {
            environment: [("npm_config_registry".into(), "x".into())].into(),
            ..Host::default()
        };
        assert_eq!(build(&host, &spec, &[]).len(), 2, "settings still pass");
    }

    #[test]
    fn an_adapter_may_set_a_variable_for_root_alone() {
        let spec = EnvironmentSpec {
            set_as_root: [("IS_SANDBOX".to_owned(), "1".to_owned())].into(),
            ..EnvironmentSpec::default()
        };
        assert!(names(&spec, true).contains(&"IS_SANDBOX".to_owned()));
        assert!(!names(&spec, false).contains(&"IS_SANDBOX".to_owned()));
    }

    #[test]
    fn secrets_are_known_by_the_names_they_go_under() {
        let mut found = secrets(&host(false));
        found.sort();
        assert_eq!(found, ["ghp_forge", "ghs_forge", "hunter2", "sk-agent"]);
    }
}

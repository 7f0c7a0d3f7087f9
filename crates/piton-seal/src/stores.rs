//! Where credentials are.

/// Credential stores, from the home directory. What is sealed cannot read what
/// is in them, whether they are files or directories.
pub const STORES: &[&str] = &[
    // Keys and passwords of the user's own.
    ".ssh",
    ".gnupg",
    ".password-store",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".config/op",
    ".config/sops",
    ".config/age",
    ".vault-token",
    ".netrc",
    // Forges and git.
    ".git-credentials",
    ".config/git/credentials",
    ".config/gh",
    ".config/hub",
    ".config/glab-cli",
    ".config/tea",
    ".config/github-copilot",
    // Clouds.
    ".aws",
    ".azure",
    ".config/gcloud",
    ".boto",
    ".s3cfg",
    ".oci",
    ".bluemix",
    ".aliyun",
    ".config/doctl",
    ".config/hcloud",
    ".config/scw",
    ".config/linode-cli",
    ".config/rclone",
    ".config/.wrangler",
    ".wrangler",
    ".fly",
    ".config/netlify",
    ".netlify",
    ".local/share/com.vercel.cli",
    ".config/heroku",
    ".terraform.d/credentials.tfrc.json",
    ".terraformrc",
    ".pulumi/credentials.json",
    ".databrickscfg",
    ".snowflake",
    // Containers and clusters.
    ".docker",
    ".kube",
    ".config/containers/auth.json",
    ".config/helm",
    ".config/argocd",
    // Package registries.
    ".npmrc",
    ".yarnrc.yml",
    ".pypirc",
    ".config/pypoetry/auth.toml",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".gem/credentials",
    ".bundle/config",
    ".m2/settings.xml",
    ".m2/settings-security.xml",
    ".gradle/gradle.properties",
    ".nuget/NuGet",
    ".config/NuGet",
    ".composer/auth.json",
    ".config/composer/auth.json",
    // Databases.
    ".pgpass",
    ".my.cnf",
    ".mylogin.cnf",
    // Browsers: their cookies sign in.
    ".mozilla",
    ".thunderbird",
    ".config/google-chrome",
    ".config/chromium",
    ".config/BraveSoftware",
    ".config/microsoft-edge",
    // Agents: the one that runs is allowed its own.
    ".claude/.credentials.json",
    ".codex/auth.json",
    ".gemini/oauth_creds.json",
    ".local/share/opencode/auth.json",
];

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use super::*;

    #[test]
    fn stores_are_plain_relative_paths_and_none_is_named_twice() {
        for store in STORES {
            let plain = |part| matches!(part, Component::Normal(_));
            assert!(Path::new(store).components().all(plain), "{store}");
            assert_eq!(
                STORES.iter().filter(|other| *other == store).count(),
                1,
                "{store}"
            );
        }
    }
}

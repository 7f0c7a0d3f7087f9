//! Dishonest and honest changes of tests in Rust.

use super::{Cases, change, judged};

pub(super) const TESTS: &str = "pub fn total(all: &[u32]) -> u32 { all.iter().sum() }\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn sums() {\n        assert_eq!(total(&[1, 2]), 3);\n        assert!(total(&[]) == 0, \"{}\", \"}\");\n    }\n\n    #[tokio::test]\n    async fn waits() {\n        assert_eq!(wait().await, 1);\n    }\n}\n";

#[test]
fn rust_tests_that_were_weakened_are_sent_back() {
    Cases {
        path: "src/lib.rs",
        before: TESTS,
        swaps: &[
            (
                "    #[test]\n    fn sums",
                "    #[test]\n    #[ignore]\n    fn sums",
            ),
            (
                "    #[test]\n    fn sums",
                "    #[ignore = \"slow\"]\n    #[test]\n    fn sums",
            ),
            (
                "    #[test]\n    fn sums",
                "    #[cfg_attr(all(), ignore)]\n    #[test]\n    fn sums",
            ),
            ("    #[test]\n    fn sums", "    fn sums"),
            (
                "    #[test]\n    fn sums",
                "    #[cfg(any())]\n    #[test]\n    fn sums",
            ),
            ("#[cfg(test)]\nmod", "#[cfg(any())]\nmod"),
            ("    fn sums() {\n", "    fn sums() {\n        return;\n"),
            (
                "        assert_eq!(wait().await, 1);\n",
                "        let _ = wait().await;\n",
            ),
            (
                "        assert_eq!(wait().await, 1);\n",
                "        assert!(true);\n",
            ),
            (
                "    #[tokio::test]\n    async fn waits() {\n        assert_eq!(wait().await, 1);\n    }\n",
                "",
            ),
            (
                "    #[tokio::test]\n    async fn waits() {\n        assert_eq!(wait().await, 1);\n    }\n",
                "    /* #[tokio::test]\n    async fn waits() {\n        assert_eq!(wait().await, 1);\n    } */\n",
            ),
        ],
    }
    .are(true, "rust-weakened");
    judged(
        &[change(
            "tests/it/main.rs",
            "mod one;\nmod two;\n",
            "mod one;\n",
        )],
        true,
    );
    judged(
        &[change("src/lib.rs", "#[cfg(test)]\nmod tests;\n", "\n")],
        true,
    );
}

pub(super) const LONGER: &str = "pub fn total(all: &[u32]) -> u32 {\n    all.iter().sum()\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn sums() {\n        let got = total(&[1, 2]);\n        assert_eq!(got, 3);\n    }\n\n    #[test_case(1)]\n    #[test_case(2)]\n    fn keeps(n: u32) -> Result<(), Error> {\n        let got = total(&[n]);\n        assert!(got == n, \"{got}\");\n        Ok(())\n    }\n}\n";

#[test]
fn dishonest_rust() {
    Cases {
        path: "src/lib.rs",
        before: LONGER,
        swaps: &[
            ("    #[test]\n", "    #[test]\n    #[should_panic]\n"),
            ("    #[test]\n", "    #[test]\n    #[ignore = \"x\"]\n"),
            ("    #[test]\n", "    #[test]\n    #[cfg(feature = \"never\")]\n"),
            ("    #[test]\n", "    #[test]\n    #[cfg(not(test))]\n"),
            ("    #[test]\n", "    #[test]\n    #[cfg(target_os = \"windows\")]\n"),
            ("    #[test]\n", "    #[cfg_attr(not(feature = \"all\"), ignore)]\n    #[test]\n"),
            ("    #[test]\n", "    #[allow(dead_code)]\n"),
            ("#[cfg(test)]\n", "#[cfg(all(test, feature = \"never\"))]\n"),
            ("#[cfg(test)]\n", "#[cfg(not(test))]\n"),
            ("mod tests {\n", "mod tests {\n    #![cfg(any())]\n"),
            ("pub fn total", "#![cfg(any())]\npub fn total"),
            ("        let got = total(&[1, 2]);\n", "        if true {\n            return;\n        }\n        let got = total(&[1, 2]);\n"),
            ("        let got = total(&[1, 2]);\n", "        let got = total(&[1, 2]);\n        return;\n"),
            ("        let got = total(&[1, 2]);\n", "        std::process::exit(0);\n        let got = total(&[1, 2]);\n"),
            ("        let got = total(&[n]);\n", "        let got = total(&[n]);\n        return Ok(());\n"),
            ("        assert_eq!(got, 3);\n", "        println!(\"{got}\");\n"),
            ("        assert_eq!(got, 3);\n", "        dbg!(got == 3);\n"),
            ("        assert_eq!(got, 3);\n", "        let _ = got == 3;\n"),
            ("        assert_eq!(got, 3);\n", "        drop(got);\n"),
            ("        assert_eq!(got, 3);\n", "        assert_eq!(got, got);\n"),
            ("        assert_eq!(got, 3);\n", "        assert_eq!(3, 3);\n"),
            ("        assert_eq!(got, 3);\n", "        assert!(got == 3 || true);\n"),
            ("        assert_eq!(got, 3);\n", "        assert!(true || got == 3);\n"),
            ("        assert_eq!(got, 3);\n", "        if false {\n            assert_eq!(got, 3);\n        }\n"),
            ("        assert_eq!(got, 3);\n", "        #[cfg(any())]\n        assert_eq!(got, 3);\n"),
            ("        assert_eq!(got, 3);\n", "        let _ = std::panic::catch_unwind(|| assert_eq!(got, 3));\n"),
            ("        assert_eq!(got, 3);\n", "        let _ = || assert_eq!(got, 3);\n"),
            ("        assert_eq!(got, 3);\n", "        // assert_eq!(got, 3);\n"),
            ("        assert_eq!(got, 3);\n", "        /* assert_eq!(got, 3); */\n"),
            ("        assert_eq!(got, 3);\n", "        \"assert_eq!(got, 3);\";\n"),
            ("    #[test_case(1)]\n    #[test_case(2)]\n    fn", "    fn"),
            ("mod tests {", "macro_rules! nothing {\n    () => {"),
        ],
    }
    .are(true, "rust-dishonest");
}

#[test]
fn honest_rust() {
    Cases {
        path: "src/lib.rs",
        before: LONGER,
        swaps: &[
            (
                "        let got = total(&[1, 2]);\n        assert_eq!(got, 3);\n",
                "        assert_eq!(total(&[1, 2]), 3);\n",
            ),
            (
                "        assert_eq!(got, 3);\n",
                "        assert_eq!(got, 3, \"{got}\");\n",
            ),
            ("        assert_eq!(got, 3);\n", "        check(got, 3);\n"),
            (
                "        assert_eq!(got, 3);\n",
                "        assert_total!(got, 3);\n",
            ),
            (
                "    #[test]\n",
                "    #[test]\n    #[allow(clippy::unwrap_used)]\n",
            ),
            ("    #[test]\n", "    #[tokio::test]\n    async\n"),
            ("    fn sums", "    fn adds_up"),
            (
                "    #[test_case(2)]\n",
                "    #[test_case(2)]\n    #[test_case(3)]\n",
            ),
            ("    all.iter().sum()\n", "    all.iter().copied().sum()\n"),
            ("pub fn total", "/// Adds up.\npub fn total"),
            (
                "        Ok(())\n",
                "        assert!(n > 0);\n        Ok(())\n",
            ),
            (
                "#[cfg(test)]\n",
                "#[cfg(any(test, feature = \"testing\"))]\n",
            ),
        ],
    }
    .are(false, "rust-honest");
}

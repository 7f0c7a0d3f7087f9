//! Dishonest and honest changes of tests in Java.

use super::{Cases, change, judged};

pub(super) const TESTS: &str = "class TotalTest {\n    @Test\n    void sums() {\n        assertEquals(3, total(1, 2));\n        assertThat(total()).isZero();\n    }\n\n    @ParameterizedTest\n    @ValueSource(ints = {1, 2})\n    void keeps(int n) throws Exception {\n        assertEquals(n, total(n));\n    }\n}\n";

#[test]
fn java_tests_that_were_weakened_are_sent_back() {
    Cases {
        path: "src/test/java/TotalTest.java",
        before: TESTS,
        swaps: &[
            (
                "    @Test\n    void sums",
                "    @Test\n    @Disabled\n    void sums",
            ),
            (
                "    @Test\n    void sums",
                "    @Ignore(\"x\")\n    @Test\n    void sums",
            ),
            (
                "    @Test\n    void sums",
                "    @Test(enabled = false)\n    void sums",
            ),
            ("    @Test\n    void sums", "    void sums"),
            ("class TotalTest", "@Disabled class TotalTest"),
            (
                "        assertEquals(n, total(n));\n",
                "        Assumptions.assumeTrue(false);\n        assertEquals(n, total(n));\n",
            ),
            ("        assertEquals(n, total(n));\n", ""),
            (
                "        assertEquals(n, total(n));\n",
                "        assertTrue(true);\n",
            ),
            (
                "        assertEquals(n, total(n));\n",
                "        try { assertEquals(n, total(n)); } catch (Throwable e) { }\n",
            ),
            (
                "    @Test\n    void sums() {\n        assertEquals(3, total(1, 2));\n        assertThat(total()).isZero();\n    }\n",
                "",
            ),
        ],
    }
    .are(true, "java-weakened");
}

pub(super) const LONGER: &str = "package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass TotalTest {\n    @BeforeEach\n    void prepare() {\n        reset();\n    }\n\n    @Test\n    void sums() {\n        int got = total(1, 2);\n        assertEquals(3, got);\n    }\n\n    @Test\n    public void keeps() throws Exception {\n        assertThat(total(4)).isEqualTo(4);\n    }\n}\n";

#[test]
fn dishonest_java() {
    Cases {
        path: "src/test/java/a/TotalTest.java",
        before: LONGER,
        swaps: &[
            ("    @Test\n", "    @Test\n    @Disabled(\"x\")\n"),
            ("    @Test\n", "    @org.junit.Ignore\n    @Test\n"),
            ("    @Test\n", "    @DisabledOnOs(OS.LINUX)\n    @Test\n"),
            ("    @Test\n", "    @EnabledIfEnvironmentVariable(named = \"ALL\", matches = \"1\")\n    @Test\n"),
            ("    @Test\n", "    @EnabledIfSystemProperty(named = \"all\", matches = \"1\")\n    @Test\n"),
            ("    @Test\n", "    @Test(enabled = false)\n"),
            ("    @Test\n", "    @Test(expected = Throwable.class)\n"),
            ("    @Test\n", "    @Test(expected = AssertionError.class)\n"),
            ("    @Test\n", "    @Override\n"),
            ("    @Test\n", "    // @Test\n"),
            ("class TotalTest", "@Disabled\nclass TotalTest"),
            ("        reset();\n", "        assumeTrue(false);\n"),
            ("        reset();\n", "        throw new SkipException(\"x\");\n"),
            ("        int got = total(1, 2);\n", "        assumeTrue(System.getenv(\"ALL\") != null);\n        int got = total(1, 2);\n"),
            ("        int got = total(1, 2);\n", "        int got = total(1, 2);\n        if (true) return;\n"),
            ("        int got = total(1, 2);\n", "        if (System.getenv(\"ALL\") == null) return;\n        int got = total(1, 2);\n"),
            ("        int got = total(1, 2);\n", "        System.exit(0);\n        int got = total(1, 2);\n"),
            ("        int got = total(1, 2);\n", "        throw new TestAbortedException();\n"),
            ("        assertEquals(3, got);\n", "        System.out.println(got);\n"),
            ("        assertEquals(3, got);\n", "        log.info(got);\n"),
            ("        assertEquals(3, got);\n", "        assert true;\n"),
            ("        assertEquals(3, got);\n", "        assertEquals(got, got);\n"),
            ("        assertEquals(3, got);\n", "        assertTrue(got == 3 || true);\n"),
            ("        assertEquals(3, got);\n", "        assertNotNull(\"x\");\n"),
            ("        assertEquals(3, got);\n", "        try { assertEquals(3, got); } catch (AssertionError e) { e.printStackTrace(); }\n"),
            ("        assertEquals(3, got);\n", "        try { assertEquals(3, got); } finally { return; }\n"),
            ("        assertEquals(3, got);\n", "        Runnable later = () -> assertEquals(3, got);\n"),
            ("        assertEquals(3, got);\n", "        if (false) { assertEquals(3, got); }\n"),
            ("        assertThat(total(4)).isEqualTo(4);\n", "        assertThat(total(4));\n"),
            ("        assertThat(total(4)).isEqualTo(4);\n", "        total(4);\n"),
        ],
    }
    .are(true, "java-dishonest");
}

#[test]
fn honest_java() {
    Cases {
        path: "src/test/java/a/TotalTest.java",
        before: LONGER,
        swaps: &[
            ("        assertEquals(3, got);\n", "        assertThat(got).isEqualTo(3);\n"),
            ("        assertEquals(3, got);\n", "        assertTotal(3, got);\n"),
            ("        assertEquals(3, got);\n", "        assertEquals(3, got, \"the sum\");\n"),
            ("        assertEquals(3, got);\n", "        Assertions.assertEquals(3, got);\n"),
            ("    @Test\n", "    @Test\n    @DisplayName(\"adds up\")\n"),
            ("    @Test\n", "    @Test\n    @Timeout(5)\n"),
            ("    @Test\n    void sums() {\n        int got = total(1, 2);\n", "    @ParameterizedTest\n    @ValueSource(ints = {3})\n    void sums(int n) {\n        int got = total(1, 2);\n"),
            ("    void sums", "    void addsUp"),
            ("    void sums", "    public final void sums"),
            ("        reset();\n", "        reset();\n        ignoreBlankLines();\n"),
            ("class TotalTest", "@Tag(\"fast\")\nclass TotalTest"),
            ("        assertThat(total(4)).isEqualTo(4);\n", "        assertThat(total(4), is(4));\n"),
        ],
    }
    .are(false, "java-honest");
}

pub(super) const ROWS: &str = "class TotalTest {\n    @ParameterizedTest\n    @ValueSource(ints = {1, 2, 3})\n    void keeps(int n) {\n        assertEquals(n, total(n));\n    }\n\n    @ParameterizedTest\n    @MethodSource(\"pairs\")\n    void squares(int n, int want) {\n        assertEquals(want, total(n));\n    }\n\n    static Stream<Arguments> pairs() {\n        return Stream.of(arguments(1, 1), arguments(2, 4));\n    }\n\n    @Test\n    public void plain() {\n        assertEquals(0, total(0));\n    }\n}\n";

#[test]
fn rows_and_what_is_not_run_in_java() {
    let path = "src/test/java/TotalTest.java";
    Cases {
        path,
        before: ROWS,
        swaps: &[
            ("{1, 2, 3}", "{1, 3}"),
            (", arguments(2, 4)", ""),
            ("    public void plain", "    private void plain"),
            ("    public void plain", "    static void plain"),
            ("class TotalTest", "abstract class TotalTest"),
            ("    @Test\n    public void plain", "    public void plain"),
        ],
    }
    .are(true, "java-rows-sent-back");
    Cases {
        path,
        before: ROWS,
        swaps: &[
            ("{1, 2, 3}", "{1, 2, 3, 4}"),
            ("    public void plain", "    void plain"),
            ("class TotalTest", "public final class TotalTest"),
            ("arguments(2, 4)", "arguments(2, 4), arguments(3, 9)"),
        ],
    }
    .are(false, "java-rows-let-through");
    // A class that surefire does not look for.
    let moved = |to: &str| {
        let after = ROWS.replace("class TotalTest", "class TotalChecks");
        [change(path, ROWS, ""), change(to, "", &after)]
    };
    judged(&moved("src/test/java/TotalChecks.java"), true);
    judged(&moved("src/test/java/TotalChecksTest.java"), false);
}

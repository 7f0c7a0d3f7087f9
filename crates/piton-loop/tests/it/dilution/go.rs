//! Dishonest and honest changes of tests in Go.

use super::{Cases, change, judged};

pub(super) const TESTS: &str = "package total\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tif got := Sum(1, 2); got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n}\n\nfunc TestEmpty(t *testing.T) {\n\trequire.Equal(t, 0, Sum())\n}\n";

#[test]
fn go_tests_that_were_weakened_are_sent_back() {
    Cases {
        path: "total_test.go",
        before: TESTS,
        swaps: &[
            (
                "func TestSum(t *testing.T) {\n",
                "func TestSum(t *testing.T) {\n\tt.Skip(\"later\")\n",
            ),
            ("func TestSum", "func testSum"),
            ("func TestSum", "func Testsum"),
            ("\t\tt.Errorf(\"got %d\", got)\n", ""),
            ("\trequire.Equal(t, 0, Sum())\n", "\tSum()\n"),
            (
                "func TestEmpty(t *testing.T) {\n\trequire.Equal(t, 0, Sum())\n}\n",
                "",
            ),
            (
                "func TestEmpty(t *testing.T) {\n",
                "func TestEmpty(t *testing.T) {\n\treturn\n",
            ),
        ],
    }
    .are(true, "go-weakened");
    let hidden = [
        change("total_test.go", TESTS, ""),
        change("total_tests.go", "", TESTS),
    ];
    judged(&hidden, true);
}

pub(super) const LONGER: &str = "package total\n\nimport \"testing\"\n\nfunc TestMain(m *testing.M) {\n\tos.Exit(m.Run())\n}\n\nfunc TestSum(t *testing.T) {\n\tgot := Sum(1, 2)\n\tif got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n}\n\nfunc TestEach(t *testing.T) {\n\tfor _, n := range []int{1, 2} {\n\t\tt.Run(\"one\", func(t *testing.T) {\n\t\t\tassert.Equal(t, n, Sum(n))\n\t\t})\n\t}\n}\n";

#[test]
fn dishonest_go() {
    Cases {
        path: "total_test.go",
        before: LONGER,
        swaps: &[
            ("package total\n", "//go:build ignore\n\npackage total\n"),
            (
                "package total\n",
                "//go:build integration\n\npackage total\n",
            ),
            ("package total\n", "// +build never\n\npackage total\n"),
            (
                "\tgot := Sum(1, 2)\n",
                "\tt.SkipNow()\n\tgot := Sum(1, 2)\n",
            ),
            (
                "\tgot := Sum(1, 2)\n",
                "\tt.Skipf(\"%d\", 1)\n\tgot := Sum(1, 2)\n",
            ),
            (
                "\tgot := Sum(1, 2)\n",
                "\tif testing.Short() {\n\t\tt.Skip()\n\t}\n\tgot := Sum(1, 2)\n",
            ),
            ("\tgot := Sum(1, 2)\n", "\tgot := Sum(1, 2)\n\treturn\n"),
            (
                "\tgot := Sum(1, 2)\n",
                "\tif os.Getenv(\"ALL\") == \"\" {\n\t\treturn\n\t}\n\tgot := Sum(1, 2)\n",
            ),
            ("\tgot := Sum(1, 2)\n", "\tos.Exit(0)\n\tgot := Sum(1, 2)\n"),
            (
                "\t\tt.Errorf(\"got %d\", got)\n",
                "\t\tt.Logf(\"got %d\", got)\n",
            ),
            (
                "\t\tt.Errorf(\"got %d\", got)\n",
                "\t\tfmt.Printf(\"got %d\", got)\n",
            ),
            ("\tif got != 3 {\n", "\tif false {\n"),
            ("\tif got != 3 {\n", "\tif got != 3 && false {\n"),
            (
                "\tif got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n",
                "\t_ = got\n",
            ),
            (
                "func TestSum(t *testing.T)",
                "func BenchmarkSum(t *testing.B)",
            ),
            ("func TestSum(t *testing.T)", "func checkSum(t *testing.T)"),
            (
                "func TestSum(t *testing.T)",
                "func (x T) TestSum(t *testing.T)",
            ),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tt.Skip()\n\t\t\tassert.Equal(t, n, Sum(n))\n",
            ),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tassert.Equal(t, n, n)\n",
            ),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tassert.True(t, true)\n",
            ),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tfmt.Println(n, Sum(n))\n",
            ),
            ("[]int{1, 2}", "[]int{}"),
            ("\tos.Exit(m.Run())\n", "\tos.Exit(0)\n"),
            ("func TestEach", "/*\nfunc TestEach"),
        ],
    }
    .are(true, "go-dishonest");
}

#[test]
fn honest_go() {
    Cases {
        path: "total_test.go",
        before: LONGER,
        swaps: &[
            (
                "\tif got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n",
                "\trequire.Equal(t, 3, got)\n",
            ),
            (
                "\tif got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n",
                "\tcheckSum(t, got, 3)\n",
            ),
            (
                "\t\tt.Errorf(\"got %d\", got)\n",
                "\t\tt.Fatalf(\"got %d\", got)\n",
            ),
            (
                "\tgot := Sum(1, 2)\n",
                "\tt.Parallel()\n\tgot := Sum(1, 2)\n",
            ),
            ("func TestSum", "func TestAddsUp"),
            ("[]int{1, 2}", "[]int{1, 2, 3}"),
            (
                "package total\n",
                "// Package total adds up.\npackage total\n",
            ),
            ("\t\tt.Run(\"one\", func", "\t\tt.Run(fmt.Sprint(n), func"),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tif got := Sum(n); got != n {\n\t\t\t\tt.Fatal(got)\n\t\t\t}\n",
            ),
        ],
    }
    .are(false, "go-honest");
}

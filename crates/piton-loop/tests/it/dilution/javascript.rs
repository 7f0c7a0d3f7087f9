//! Dishonest and honest changes of tests in JavaScript.

use super::Cases;

pub(super) const TESTS: &str = "import { total } from './total';\n\ndescribe('total', () => {\n  it('sums', () => {\n    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n  });\n\n  test.each([[1], [2]])('keeps %i', async (n) => {\n    expect(await total([n])).toBe(n);\n  });\n});\n";

#[test]
fn javascript_tests_that_were_weakened_are_sent_back() {
    for path in ["src/total.test.ts", "test/total.mjs"] {
        Cases {
            path,
            before: TESTS,
            swaps: &[
            ("it('sums'", "it.skip('sums'"),
            ("it('sums'", "xit('sums'"),
            ("it('sums'", "it.todo('sums'"),
            ("it('sums'", "it.only('sums'"),
            ("it('sums'", "fit('sums'"),
            ("describe('total'", "describe.skip('total'"),
            ("describe('total'", "xdescribe('total'"),
            ("it('sums', () => {\n", "it('sums', () => {\n    return;\n"),
            ("it('sums', () => {", "it('sums', { skip: true }, () => {"),
            (
                "  it('sums', () => {\n    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n  });\n",
                "",
            ),
            (
                "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
                "",
            ),
            (
                "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
                "    expect(true).toBe(true);\n",
            ),
            (
                "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
                "    // expect(total([1, 2])).toBe(3);\n",
            ),
            (
                "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
                "    try {\n      expect(total([1, 2])).toBe(3);\n      expect(total([])).toBe(0);\n    } catch (e) {}\n",
            ),
            (
                "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
                "    if (false) {\n      expect(total([1, 2])).toBe(3);\n      expect(total([])).toBe(0);\n    }\n",
            ),
            ("test.each([[1], [2]])(", "test.skip.each([[1], [2]])("),
            ],
        }
        .are(true, "javascript-weakened");
    }
}

pub(super) const LONGER: &str = "import { total } from './total';\n\nbeforeEach(() => {\n  reset();\n});\n\ndescribe('total', () => {\n  it('sums', async () => {\n    const got = await total([1, 2]);\n    expect(got).toBe(3);\n  });\n\n  it.each([1, 2])('keeps %i', (n) => {\n    expect(total([n])).toEqual(n);\n  });\n});\n\ntest('plain', () => {\n  assert.equal(total([]), 0);\n});\n";

#[test]
fn dishonest_javascript() {
    for path in ["src/total.test.ts", "src/total.spec.js", "test/total.mjs"] {
        Cases {
            path,
            before: LONGER,
            swaps: &[
                ("it('sums'", "it.skip('sums'"),
                ("it('sums'", "it.failing('sums'"),
                ("it('sums'", "it.fails('sums'"),
                ("it('sums'", "it.skipIf(true)('sums'"),
                ("it('sums'", "it.runIf(process.env.ALL)('sums'"),
                ("it('sums'", "xit('sums'"),
                ("it('sums'", "xtest('sums'"),
                ("it('sums'", "test.todo('sums'"),
                ("it('sums'", "nothing('sums'"),
                ("it.each([1, 2])", "it.each([])"),
                ("it.each([1, 2])", "xit.each([1, 2])"),
                ("it.each([1, 2])", "it.only.each([1, 2])"),
                ("test('plain', ", "test('plain', { skip: 'later' }, "),
                ("test('plain', ", "test('plain', { todo: true }, "),
                ("test('plain', ", "Deno.test.ignore('plain', "),
                ("test('plain', ", "test.fixme('plain', "),
                ("describe('total', () => {\n", "describe.skip('total', () => {\n"),
                ("describe('total', () => {\n", "describe.only('total', () => {\n"),
                ("describe('total', () => {\n", "describe.skipIf(true)('total', () => {\n"),
                ("describe('total', () => {\n", "describe('total', () => {\n  return;\n"),
                ("describe('total', () => {\n", "if (false) describe('total', () => {\n"),
                ("  it.each([1, 2])", "  return;\n  it.each([1, 2])"),
                ("  reset();\n", "  this.skip();\n"),
                ("    const got = await total([1, 2]);\n", "    const got = await total([1, 2]);\n    return;\n"),
                ("    const got = await total([1, 2]);\n", "    if (!process.env.ALL) return;\n    const got = await total([1, 2]);\n"),
                ("    const got = await total([1, 2]);\n", "    process.exit(0);\n    const got = await total([1, 2]);\n"),
                ("    expect(got).toBe(3);\n", "    console.log(got);\n"),
                ("    expect(got).toBe(3);\n", "    expect(got);\n"),
                ("    expect(got).toBe(3);\n", "    expect(got).toBe(got);\n"),
                ("    expect(got).toBe(3);\n", "    expect(got === 3 || true).toBe(true);\n"),
                ("    expect(got).toBe(3);\n", "    expect(1).toBe(1);\n"),
                ("    expect(got).toBe(3);\n", "    expect(true).toBeTruthy();\n"),
                ("    expect(got).toBe(3);\n", "    void got;\n"),
                ("    expect(got).toBe(3);\n", "    String(got);\n"),
                ("    expect(got).toBe(3);\n", "    try {\n      expect(got).toBe(3);\n    } catch (error) {\n      console.log(error);\n    }\n"),
                ("    expect(got).toBe(3);\n", "    try {\n      expect(got).toBe(3);\n    } catch {\n    }\n"),
                ("    expect(got).toBe(3);\n", "    (() => {\n      expect(got).toBe(3);\n    });\n"),
                ("    expect(got).toBe(3);\n", "    const later = () => expect(got).toBe(3);\n"),
                ("    expect(got).toBe(3);\n", "    [].forEach(() => expect(got).toBe(3));\n"),
                ("    expect(got).toBe(3);\n", "    while (false) expect(got).toBe(3);\n"),
                ("    expect(got).toBe(3);\n", "    `expect(got).toBe(3);`;\n"),
                ("  assert.equal(total([]), 0);\n", "  assert.ok(true);\n"),
                ("  assert.equal(total([]), 0);\n", "  assert.equal(total([]), total([]));\n"),
                ("test('plain', () => {\n  assert.equal(total([]), 0);\n});\n", "test('plain');\n"),
                ("test('plain', () => {\n  assert.equal(total([]), 0);\n});\n", "test('plain', () => {});\n"),
            ],
        }
        .are(true, "javascript-dishonest");
    }
}

#[test]
fn honest_javascript() {
    Cases {
        path: "src/total.test.ts",
        before: LONGER,
        swaps: &[
            ("it('sums'", "test('sums'"),
            ("it('sums'", "it.concurrent('sums'"),
            ("'sums'", "\"sums\""),
            ("'sums'", "'adds up'"),
            ("expect(got).toBe(3)", "expect(got).toEqual(3)"),
            ("expect(got).toBe(3)", "assert.strictEqual(got, 3)"),
            ("expect(got).toBe(3)", "expectTotal(got, 3)"),
            ("expect(got).toBe(3)", "assertEquals(got, 3)"),
            (
                "  });\n});\n\ntest('plain'",
                "  });\n  return;\n});\n\ntest('plain'",
            ),
            (
                "    expect(got).toBe(3);\n",
                "    return expect(got).toBe(3);\n",
            ),
            (
                "    expect(got).toBe(3);\n",
                "    for (const one of [got]) {\n      expect(one).toBe(3);\n    }\n",
            ),
            (
                "    expect(got).toBe(3);\n",
                "    await waitFor(() => expect(got).toBe(3));\n",
            ),
            (
                "    expect(got).toBe(3);\n",
                "    [got].forEach((one) => expect(one).toBe(3));\n",
            ),
            (
                "    const got = await total([1, 2]);\n    expect(got).toBe(3);\n",
                "    await expect(total([1, 2])).resolves.toBe(3);\n",
            ),
            ("async () => {\n", "async function () {\n"),
            ("it.each([1, 2])", "it.each([1, 2, 3])"),
            (
                "describe('total', () => {\n",
                "describe('the total', () => {\n",
            ),
            ("  reset();\n", "  reset();\n  skipBlankLines();\n"),
            (
                "test('plain', () => {\n  assert.equal(total([]), 0);\n});\n",
                "test('plain', () => {\n  assert.equal(total([]), 0);\n});\n\ntest.todo('more');\n",
            ),
        ],
    }
    .are(false, "javascript-honest");
}

#[test]
fn a_promise_that_is_returned_or_kept_is_waited_for_and_any_other_is_let_go() {
    const REJECTS: &str =
        "test('fails', async () => {\n  await expect(total(4)).rejects.toThrow();\n});\n";
    let (path, before) = ("src/total.test.ts", REJECTS);
    Cases {
        path,
        before,
        swaps: &[("  await expect", "  expect")],
    }
    .are(true, "javascript-let-go");
    Cases {
        path,
        before,
        swaps: &[(
            "async () => {\n  await expect(total(4)).rejects.toThrow();\n}",
            "() => expect(total(4)).rejects.toThrow()",
        )],
    }
    .are(false, "javascript-returned");
    Cases {
        path: "src/total.test.ts",
        before: LONGER,
        swaps: &[
            (
                "    expect(got).toBe(3);\n",
                "    const resolves = got;\n    expect(resolves).toBe(3);\n",
            ),
            (
                "    const got = await total([1, 2]);\n    expect(got).toBe(3);\n",
                "    let made;\n    made = total([1, 2]).then((got) => {\n      expect(got).toBe(3);\n    });\n    await made;\n",
            ),
        ],
    }
    .are(false, "javascript-promises");
}

pub(super) const ROWS: &str = "import { total } from './total';\n\nconst CASES = [1, 2, 3];\n\ntest.each(CASES)('keeps %i', (n) => {\n  expect(total(n)).toBe(n);\n});\n\ntest.each`\n  n    | want\n  ${1} | ${1}\n  ${2} | ${4}\n`('squares $n', ({ n, want }) => {\n  expect(total(n)).toBe(want);\n});\n\nfor (const n of [7, 8]) {\n  test(`goes ${n}`, () => {\n    expect(total(n)).toBe(n);\n  });\n}\n\ntest('waits', async () => {\n  await expect(total(4)).resolves.toBe(4);\n});\n\ntest('waits again', async () => {\n  const got = await total(5);\n  expect(got).toBe(5);\n});\n";

#[test]
fn rows_and_waiting_in_javascript() {
    Cases {
        path: "src/total.test.js",
        before: ROWS,
        swaps: &[
            ("[1, 2, 3]", "[1, 3]"),
            ("[1, 2, 3]", "[1, 9]"),
            ("  ${2} | ${4}\n", ""),
            ("[7, 8]", "[7]"),
            ("  await expect(total(4))", "  expect(total(4))"),
            (
                "  const got = await total(5);\n  expect(got).toBe(5);\n",
                "  total(5).then((got) => {\n    expect(got).toBe(5);\n  });\n",
            ),
            (
                "  const got = await total(5);\n  expect(got).toBe(5);\n",
                "  setTimeout(() => {\n    expect(total(5)).toBe(5);\n  }, 0);\n",
            ),
            ("test('waits again'", "test.only('waits again'"),
            ("test('waits again'", "test.skip('waits again'"),
            ("test('waits again'", "test.todo('waits again'"),
            ("test('waits again'", "xtest('waits again'"),
        ],
    }
    .are(true, "javascript-rows-sent-back");
    Cases {
        path: "src/total.test.js",
        before: ROWS,
        swaps: &[
            ("[1, 2, 3]", "[1, 2, 3, 4]"),
            ("  await expect(total(4)).resolves", "  return expect(total(4)).resolves"),
            ("  await expect(total(4)).resolves.toBe(4);\n", "  expect(await total(4)).toBe(4);\n"),
            ("  const got = await total(5);\n  expect(got).toBe(5);\n", "  return total(5).then((got) => {\n    expect(got).toBe(5);\n  });\n"),
            ("  const got = await total(5);\n  expect(got).toBe(5);\n", "  await total(5).then((got) => {\n    expect(got).toBe(5);\n  });\n"),
            ("async () => {\n  const got = await total(5);\n  expect(got).toBe(5);\n", "(done) => {\n  total(5).then((got) => {\n    expect(got).toBe(5);\n    done();\n  });\n"),
            ("  const got = await total(5);\n  expect(got).toBe(5);\n", "  await Promise.all([\n    expect(total(5)).resolves.toBe(5),\n  ]);\n"),
            ("test('waits again', async () => {\n  const got = await total(5);\n  expect(got).toBe(5);\n});", "test('waits again', () =>\n  total(5).then((got) => {\n    expect(got).toBe(5);\n  }));"),
            ("for (const n of [7, 8]) {\n  test(`goes ${n}`, () => {\n    expect(total(n)).toBe(n);\n  });\n}", "test.each([7, 8])('goes %i', (n) => {\n  expect(total(n)).toBe(n);\n});"),
        ],
    }
    .are(false, "javascript-rows-let-through");
}

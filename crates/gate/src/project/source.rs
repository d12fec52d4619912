//! Source texts, read as far as finding functions needs it: without comments, and with the parts of
//! strings blanked where braces are counted. No parser: what is not understood is left as it is.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::extension;

/// A language whose tests are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Language {
    Go,
    Python,
    Rust,
    /// JavaScript and TypeScript.
    Script,
}

impl Language {
    pub(crate) fn of(file: &str) -> Option<Self> {
        Some(match extension(file).as_str() {
            "go" => Self::Go,
            "py" => Self::Python,
            "rs" => Self::Rust,
            "cjs" | "cts" | "js" | "jsx" | "mjs" | "mts" | "ts" | "tsx" => Self::Script,
            _ => return None,
        })
    }
}

/// A function, or a test that is a call with a title.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// Its name or title.
    pub(crate) name: String,
    /// The line where it begins, from 1.
    pub(crate) line: u32,
    /// Its text with what stands before it (attributes, decorators), without comments.
    pub(crate) text: String,
    /// The same without the contents of strings.
    pub(crate) skeleton: String,
    /// Whether a runner of tests would run it.
    pub(crate) is_test: bool,
}

/// A text without comments, and the same without the contents of strings: byte for byte as long.
pub(crate) fn blanked(text: &str, language: Language) -> (String, String) {
    let mut code = text.as_bytes().to_vec();
    let mut skeleton = code.clone();
    let bytes = text.as_bytes();
    let blank = |bytes: &mut [u8], range: Range<usize>| {
        for byte in &mut bytes[range] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (length, is_comment) = piece(rest, language, at == 0 || !is_word(bytes[at - 1]));
        if length == 0 {
            at += 1;
            continue;
        }
        let end = (at + length).min(bytes.len());
        // a docstring is a comment too
        let starts_line = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| **byte != b'\n')
            .all(u8::is_ascii_whitespace);
        let is_docstring = language == Language::Python
            && starts_line
            && (rest.starts_with(b"\"\"\"") || rest.starts_with(b"'''"));
        if is_comment || is_docstring {
            blank(&mut code, at..end);
        }
        blank(&mut skeleton, at..end);
        at = end;
    }
    let text = |bytes| {
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    };
    (text(code), text(skeleton))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The length of the comment or string that begins here (0: neither), and whether it is a comment.
fn piece(rest: &[u8], language: Language, starts_word: bool) -> (usize, bool) {
    let to = |end: &[u8], from: usize| {
        memchr::memmem::find(&rest[from..], end).map_or(rest.len(), |at| from + at + end.len())
    };
    let line = || memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    if language == Language::Python {
        return match rest {
            [b'#', ..] => (line(), true),
            [b'"', b'"', b'"', ..] => (to(b"\"\"\"", 3), false),
            [b'\'', b'\'', b'\'', ..] => (to(b"'''", 3), false),
            [quote @ (b'"' | b'\''), ..] => (string(rest, *quote, false), false),
            _ => (0, false),
        };
    }
    match rest {
        [b'/', b'/', ..] => (line(), true),
        [b'/', b'*', ..] => (to(b"*/", 2), true),
        [b'`', ..] if language != Language::Rust => (to(b"`", 1), false),
        [b'r', b'#', b'"', ..] if language == Language::Rust && starts_word => {
            (to(b"\"#", 3), false)
        }
        [b'"', ..] => (string(rest, b'"', language == Language::Rust), false),
        [b'\'', ..] if language == Language::Script => (string(rest, b'\'', false), false),
        // a letter, and no lifetime
        [b'\'', b'\\', ..] => (string(rest, b'\'', false), false),
        [b'\'', _, b'\'', ..] => (3, false),
        _ => (0, false),
    }
}

/// The length of a string; one that may not go over several lines ends with its line.
fn string(rest: &[u8], quote: u8, lines: bool) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 1,
            b'\n' if !lines => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

#[expect(clippy::unwrap_used, reason = "constants, and tested")]
static PYTHON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^([ \t]*)(?:async +)?def +(\w+) *\(").unwrap());
#[expect(clippy::unwrap_used, reason = "constants, and tested")]
static RUST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bfn +(\w+)").unwrap());
#[expect(clippy::unwrap_used, reason = "constants, and tested")]
static RUST_TEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"#\[(?:[\w:]*\b)?(?:test|rstest|test_case|proptest|quickcheck|wasm_bindgen_test|case)\b",
    )
    .unwrap()
});
#[expect(clippy::unwrap_used, reason = "constants, and tested")]
static GO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^func +(?:\([^)]*\) *)?(\w+) *[\[(]").unwrap());
#[expect(clippy::unwrap_used, reason = "constants, and tested")]
static SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        \b function\*? \s+ (?P<function> \w+ )
        | \b (?: const | let | var ) \s+ (?P<arrow> \w+ ) \s* = \s* (?: async \b )? \s* (?: \( | function\b | \w+ \s* => )
        | (?: ^ | [^\w.$] ) (?P<test> (?: it | test | Deno\.test | suite\.test | t\.test ) ) (?P<kind> (?: \.\w+ (?: \( [^()]* \) )? )* ) \s* \( \s* (?: \w+ \s* , \s* )? (?P<quote> [\x22'`] )",
    )
    .unwrap()
});

/// The longest function that is read, in bytes, and how many of a file.
const FUNCTION_BYTES: usize = 200_000;
const FUNCTIONS: usize = 5_000;

/// The functions of a text.
pub(crate) fn functions(text: &str, language: Language) -> Vec<Function> {
    let (code, skeleton) = blanked(text, language);
    match language {
        Language::Python => python(&code, &skeleton),
        Language::Script => script(&code, &skeleton),
        Language::Rust => by_brace(&code, &skeleton, &RUST, |before, _| {
            RUST_TEST.is_match(before) && !before.contains("#[ignore")
        }),
        Language::Go => by_brace(&code, &skeleton, &GO, |_, name| {
            ["Test", "Fuzz", "Example"]
                .iter()
                .any(|start| name.starts_with(start))
                && name != "TestMain"
        }),
    }
}

fn line_at(text: &str, at: usize) -> u32 {
    let lines = text.get(..at).map_or(0, |before| {
        before.bytes().filter(|byte| *byte == b'\n').count()
    });
    u32::try_from(lines + 1).unwrap_or(u32::MAX)
}

fn slice(text: &str, range: Range<usize>) -> String {
    text.get(range).unwrap_or_default().to_owned()
}

fn python(code: &str, skeleton: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for function in PYTHON.captures_iter(skeleton).take(FUNCTIONS) {
        let (Some(whole), indent) = (function.get(0), function[1].len()) else {
            continue;
        };
        let mut end = skeleton[whole.end()..]
            .find('\n')
            .map_or(skeleton.len(), |at| whole.end() + at + 1);
        let mut in_head = true;
        for line in skeleton[end..].split_inclusive('\n') {
            let inner = line.len() - line.trim_start().len();
            let text = line.trim();
            if !text.is_empty() && inner <= indent {
                // the head may end on a line of its own: `) -> None:`
                if !(in_head && text.starts_with(')')) {
                    break;
                }
            }
            in_head &= inner > indent || text.is_empty() || text.starts_with(')');
            end += line.len();
            if end - whole.end() > FUNCTION_BYTES {
                break;
            }
        }
        // the decorators above
        let mut start = whole.start();
        while let Some(before) = skeleton[..start].strip_suffix('\n') {
            let from = before.rfind('\n').map_or(0, |at| at + 1);
            if !before[from..].trim_start().starts_with('@') {
                break;
            }
            start = from;
        }
        let decorators = &skeleton[start..whole.start()];
        let skipped = decorators.lines().any(|line| {
            line.contains("skip")
                && !line.contains("skipif")
                && !line.contains("skipIf")
                && !line.contains("skipUnless")
        });
        let name = &function[2];
        found.push(Function {
            name: name.to_owned(),
            line: line_at(skeleton, whole.end()),
            text: slice(code, start..end),
            skeleton: slice(skeleton, start..end),
            is_test: name.starts_with("test") && !skipped,
        });
    }
    found
}

/// The end of the block that the first brace after `from` opens; none where there is no block.
fn block_end(skeleton: &str, from: usize) -> Option<usize> {
    let bytes = skeleton.as_bytes();
    let mut depth = 0_usize;
    let mut round = 0_isize;
    for (at, byte) in bytes.iter().enumerate().skip(from).take(FUNCTION_BYTES) {
        match byte {
            b'(' => round += 1,
            b')' => round -= 1,
            b'{' => depth += 1,
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 && round <= 0 {
                    return Some(at + 1);
                }
            }
            // a function without a body
            b';' if depth == 0 && round <= 0 => return None,
            _ => {}
        }
    }
    None
}

fn by_brace(
    code: &str,
    skeleton: &str,
    head: &Regex,
    is_test: fn(&str, &str) -> bool,
) -> Vec<Function> {
    let mut found = Vec::new();
    for function in head.captures_iter(skeleton).take(FUNCTIONS) {
        let (Some(whole), name) = (function.get(0), &function[1]) else {
            continue;
        };
        let Some(end) = block_end(skeleton, whole.start()) else {
            continue;
        };
        let start = skeleton[..whole.start()]
            .rfind([';', '}', '{'])
            .map_or(0, |at| at + 1);
        found.push(Function {
            name: name.to_owned(),
            line: line_at(skeleton, whole.start()),
            text: slice(code, start..end),
            skeleton: slice(skeleton, start..end),
            is_test: is_test(&skeleton[start..whole.start()], name),
        });
    }
    found
}

/// The end of the call whose bracket is the first after `from`.
fn call_end(skeleton: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in skeleton.bytes().enumerate().skip(from).take(FUNCTION_BYTES) {
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    skeleton.floor_char_boundary(from.saturating_add(FUNCTION_BYTES))
}

fn script(code: &str, skeleton: &str) -> Vec<Function> {
    let mut found = Vec::new();
    // titles are strings, so heads are looked for in the code, and counted in the skeleton
    for head in SCRIPT.captures_iter(code).take(FUNCTIONS) {
        let Some(whole) = head.get(0) else { continue };
        if let Some(call) = head.name("test") {
            let kind = head.name("kind").map_or("", |kind| kind.as_str());
            let skipped =
                kind.contains(".skip") || kind.contains(".todo") || kind.contains(".fixme");
            let quote = &head["quote"];
            let title: String = code[whole.end()..]
                .split(quote)
                .next()
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect();
            let end = call_end(skeleton, call.end() + kind.len());
            found.push(Function {
                name: title,
                line: line_at(code, call.start()),
                text: slice(code, call.start()..end),
                skeleton: slice(skeleton, call.start()..end),
                is_test: !skipped,
            });
        } else if let Some(name) = head.name("function").or(head.name("arrow")) {
            let Some(end) = block_end(skeleton, whole.start()) else {
                continue;
            };
            found.push(Function {
                name: name.as_str().to_owned(),
                line: line_at(code, name.start()),
                text: slice(code, whole.start()..end),
                skeleton: slice(skeleton, whole.start()..end),
                is_test: false,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(text: &str, language: Language) -> Vec<(String, u32)> {
        functions(text, language)
            .into_iter()
            .filter(|function| function.is_test)
            .map(|function| (function.name, function.line))
            .collect()
    }

    #[test]
    fn comments_go_and_strings_stay_in_the_code_alone() {
        let (code, skeleton) = blanked("a = 'x # y' # z\n\"\"\"doc\"\"\"\n", Language::Python);
        assert_eq!(code, "a = 'x # y'    \n         \n");
        assert_eq!(skeleton.trim_end(), "a =");
        let (code, skeleton) = blanked(
            "f(\"{ // }\") // é\nlet c = '{'; /* } */ r#\"{\"}\"#;",
            Language::Rust,
        );
        assert!(code.starts_with("f(\"{ // }\")  ") && !code.contains("*/"));
        assert!(!skeleton.contains(['{', '}']));
        assert_eq!(
            blanked("fn f<'a>(x: &'a str) {}", Language::Rust).1,
            "fn f<'a>(x: &'a str) {}"
        );
    }

    #[test]
    fn tests_of_each_language() {
        let python = "class A:\n    @given(x())\n    def test_a(\n        self,\n    ) -> None:\n        assert 1\n\n    \
                      @unittest.skip('x')\n    def test_b(self): pass\n\ndef helper(): pass\n";
        assert_eq!(tests(python, Language::Python), [("test_a".to_owned(), 3)]);
        assert!(
            functions(python, Language::Python)[0]
                .text
                .contains("assert 1")
        );
        let rust = "#[cfg(test)]\nmod tests {\n    #[tokio::test(flavor = \"x}\")]\n    async fn a() { f(\"}\"); }\n    \
                    #[test]\n    #[ignore]\n    fn b() {}\n    fn c() {}\n}\n";
        assert_eq!(tests(rust, Language::Rust), [("a".to_owned(), 4)]);
        let go = "func TestA(t *testing.T) {\n\tt.Fatal(1)\n}\nfunc helper(t *testing.T) {}\nfunc FuzzB(f *testing.F) {}\n";
        assert_eq!(
            tests(go, Language::Go),
            [("TestA".to_owned(), 1), ("FuzzB".to_owned(), 5)]
        );
        let script = "describe('x', () => {\n  it('finds (all', async () => { expect(1).toBe(2); });\n  it.skip('no', () => {});\n  \
                      test.each([[1]])('each %s', (n) => {});\n});\nconst help = async (a) => { expect(a); };\n";
        assert_eq!(
            tests(script, Language::Script),
            [("finds (all".to_owned(), 2), ("each %s".to_owned(), 4)]
        );
        assert!(
            functions(script, Language::Script)
                .iter()
                .any(|function| function.name == "help")
        );
    }
}

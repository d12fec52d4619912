//! Text that other people wrote, made safe to show to a model.
//!
//! Two threats: text that the reader cannot see (zero-width, tag and bidirectional-control
//! characters carry hidden orders; ANSI escapes act on a terminal), and text that imitates the
//! server (`MORE AVAILABLE`, `PREVIEW`, a confirm token). The first is removed and counted; the
//! second cannot work, because [`super::Answer`] shows every line of such text behind `| `, and the
//! server's own lines never are.

/// What stands before each line of fenced text.
pub const FENCE: &str = "| ";

/// A character that nobody sees but a model reads, or that acts on a terminal.
///
/// The list is Unicode's `Default_Ignorable_Code_Point` (UAX #44) plus the bidirectional
/// controls (UAX #9), the C0 and C1 controls other than line breaks and tab, and the private
/// and noncharacter code points that fonts draw as nothing. U+FE0F (emoji presentation) is left
/// to [`Cleaner`], which allows one after a visible character.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether U+FE0F may follow: the characters that have an emoji form besides a plain one, and
/// few others. After any other character it shows nothing and could carry a hidden text.
fn has_emoji_form(c: char) -> bool {
    let is_listed = matches!(c,
        '#' | '*' | '0'..='9' | '©' | '®'
        // letters that are drawn as signs
        | '\u{2139}' | '\u{24c2}' | '\u{3297}' | '\u{3299}' | '\u{1f170}'..='\u{1f251}');
    is_listed || !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace()
}

fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Text without hidden characters and with `\n` as its only line break.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Clean {
    /// The text.
    pub text: String,
    /// How many hidden characters were removed.
    pub removed: usize,
}

/// Removes and counts hidden characters and ANSI escapes; every kind of line break becomes `\n`.
pub fn clean(raw: &str) -> Clean {
    if raw
        .bytes()
        .all(|b| (b' '..=b'~').contains(&b) || b == b'\n' || b == b'\t')
    {
        return Clean {
            text: raw.to_owned(),
            removed: 0,
        };
    }
    let mut text = String::with_capacity(raw.len());
    let mut removed = 0;
    let mut chars = raw.chars().peekable();
    let mut emoji_allowed = false;
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            removed += 1 + skip_escape(&mut chars);
        } else if c == '\r' && chars.peek() == Some(&'\n') {
            // a Windows line break is one break, told by the '\n' that follows
        } else if is_break(c) {
            text.push('\n');
            emoji_allowed = false;
        } else if c == '\u{fe0f}' && emoji_allowed {
            text.push(c);
            emoji_allowed = false;
        } else if is_hidden(c) {
            removed += 1;
        } else {
            text.push(c);
            emoji_allowed = has_emoji_form(c);
        }
    }
    Clean { text, removed }
}

/// Skips the rest of an ANSI control sequence (ECMA-48); answers how many characters it had.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> usize {
    if chars.peek() != Some(&'[') {
        return 0;
    }
    chars.next();
    let mut skipped = 1;
    while let Some(&c) = chars.peek() {
        if !matches!(c, ' '..='~') || skipped > 32 {
            break;
        }
        chars.next();
        skipped += 1;
        if matches!(c, '@'..='~') {
            break;
        }
    }
    skipped
}

/// The text on one line of at most `max` characters, cut with `...`.
pub fn one_line(raw: &str, max: usize) -> String {
    // far more than `max` can survive the folding of blanks, so a huge text costs little
    let head = head(raw, max.saturating_mul(4).saturating_add(64));
    let clean = clean(head).text;
    let mut line = String::with_capacity(clean.len().min(max));
    for word in clean.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.chars().count() > max || head.len() < raw.len() {
        let mut cut: String = line.chars().take(max.saturating_sub(3)).collect();
        cut.push_str("...");
        return cut;
    }
    line
}

/// The first `max` characters of `text`, at a character boundary.
pub fn head(text: &str, max: usize) -> &str {
    match text.char_indices().nth(max) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_text_is_removed_and_counted() {
        let clean = clean("a\u{200b}b\u{202e}c\u{e0041}d\u{feff}\u{1b}[31mred\u{1b}[0m");
        assert_eq!(clean.text, "abcdred");
        assert_eq!(clean.removed, 4 + 5 + 4);
    }

    #[test]
    fn every_line_break_is_one_kind() {
        assert_eq!(
            clean("a\r\nb\rc\u{2028}d\u{85}e\u{c}f").text,
            "a\nb\nc\nd\ne\nf"
        );
    }

    #[test]
    fn emoji_survive_but_variation_selectors_carry_nothing() {
        assert_eq!(clean("⚠\u{fe0f} ok").text, "⚠\u{fe0f} ok");
        assert_eq!(clean("⚠\u{fe0f}\u{fe0f}\u{fe01}x").removed, 2);
        assert_eq!(clean("ℹ\u{fe0f} 1\u{fe0f}\u{20e3}").removed, 0);
        assert_eq!(
            clean("a \u{fe0f}b.\u{fe0f}c\u{fe0f}\n\u{fe0f}").text,
            "a b.c\n"
        );
    }

    #[test]
    fn one_line_folds_and_cuts() {
        assert_eq!(one_line(" a \n\t b ", 10), "a b");
        assert_eq!(one_line("abcdefghij", 8), "abcde...");
        assert_eq!(one_line(&"é".repeat(100_000), 5), "éé...");
    }
}

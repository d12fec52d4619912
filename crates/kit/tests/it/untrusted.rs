//! Text that other people wrote cannot hide anything or look like the server's, whatever it is.

use proptest::prelude::*;
use seaworthy_kit::{
    ErrorKind, ToolError,
    untrusted::{self, FENCE},
};

use crate::hostile;

proptest! {
    #[test]
    fn clean_text_stays_as_it_is(raw in hostile::text()) {
        let once = untrusted::clean(&raw);
        let again = untrusted::clean(&once.text);
        prop_assert_eq!(again.removed, 0);
        prop_assert_eq!(&again.text, &once.text);
        prop_assert!(once.text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
        // what is neither removed nor a part of a Windows line break is kept
        let folded = raw.chars().count() - once.removed - once.text.chars().count();
        prop_assert!(folded <= raw.matches("\r\n").count());
    }

    #[test]
    fn no_line_of_fenced_text_is_without_its_fence(raw in hostile::text()) {
        let fenced = untrusted::fence(&untrusted::clean(&raw).text);
        for line in hostile::lines(&fenced) {
            prop_assert!(line.starts_with(FENCE), "{line:?} of {fenced:?}");
        }
    }

    #[test]
    fn one_line_is_one_line_of_that_length(raw in hostile::text(), max in 3..300_usize) {
        let line = untrusted::one_line(&raw, max);
        prop_assert_eq!(hostile::lines(&line).count(), 1);
        prop_assert!(line.chars().count() <= max, "{line:?}");
        prop_assert_eq!(untrusted::clean(&line).removed, 0);
    }

    #[test]
    fn an_error_is_three_lines_whatever_it_holds(what in hostile::text(), cause in hostile::text(), next in hostile::text()) {
        let text = ToolError::new(ErrorKind::Upstream, what, next).because(format!("x{cause}")).text();
        let lines: Vec<_> = hostile::lines(&text).collect();
        prop_assert_eq!(lines.len(), 3);
        for (line, begins) in lines.iter().zip(["ERROR: ", "CAUSE: ", "NEXT: "]) {
            prop_assert!(line.starts_with(begins) && line.chars().count() <= 610);
        }
    }
}

//! What is sealed opens unchanged, and nothing else does.

use proptest::prelude::*;
use seaworthy_kit::{
    cursor,
    seal::{NotSealed, Sealer},
};

fn sealer(key: u8) -> Sealer {
    Sealer::with_keys(vec![[key; 32]]).unwrap()
}

proptest! {
    #[test]
    fn it_opens_unchanged(payload in prop::collection::vec(any::<u8>(), 0..300), purpose in "[a-z-]{0,20}") {
        let sealed = sealer(1).seal(&purpose, &payload);
        prop_assert!(sealed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        prop_assert_eq!(sealer(1).open(&purpose, &sealed).unwrap(), payload);
        prop_assert_eq!(sealer(2).open(&purpose, &sealed), Err(NotSealed));
        prop_assert_eq!(sealer(1).open(&format!("{purpose}x"), &sealed), Err(NotSealed));
    }

    #[test]
    fn any_change_fails(payload in prop::collection::vec(any::<u8>(), 0..60), at in any::<prop::sample::Index>(), by in any::<char>(), how in 0..4_u8) {
        let sealed: Vec<char> = sealer(1).seal("x", &payload).chars().collect();
        let at = at.index(sealed.len());
        let mut changed = sealed.clone();
        match how {
            0 => changed[at] = by,
            1 => changed.insert(at, by),
            2 => {
                changed.remove(at);
            }
            _ => changed.truncate(at),
        }
        prop_assume!(changed != sealed);
        let changed = String::from_iter(changed);
        prop_assert_eq!(sealer(1).open("x", &changed), Err(NotSealed), "{}", changed);
    }

    #[test]
    fn what_was_never_sealed_does_not_open(text in any::<String>(), encoded in "[A-Za-z0-9_-]{0,200}") {
        prop_assert_eq!(sealer(1).open("x", &text), Err(NotSealed));
        prop_assert_eq!(sealer(1).open("x", &encoded), Err(NotSealed));
    }

    #[test]
    fn a_cursor_opens_for_its_own_list_only(link in any::<String>(), offset in any::<u64>(), own in any::<[u8; 6]>(), other in any::<[u8; 6]>()) {
        let sealed = cursor::seal(&sealer(1), own, &(&link, offset)).unwrap();
        let opened: (String, u64) = cursor::open(&sealer(1), own, &sealed).unwrap();
        prop_assert_eq!(opened, (link, offset));
        prop_assume!(own != other);
        prop_assert!(cursor::open::<(String, u64)>(&sealer(1), other, &sealed).is_err());
    }
}

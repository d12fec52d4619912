//! Any bytes from a guest, in any pieces: frames or an error, never a panic, never more kept than
//! came, and the same frames however the bytes were divided.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seaworthy_sandbox::{
    frame::{Decoder, Frame, FrameError, Kind, encode, named, parse_named},
    session::Ended,
};

fn decode<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Frame>, Option<FrameError>) {
    let (mut decoder, mut frames, mut pushed) = (Decoder::default(), Vec::new(), 0);
    for piece in pieces {
        decoder.push(piece);
        pushed += piece.len();
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
        assert!(decoder.pending() <= pushed);
    }
    (frames, None)
}

fuzz_target!(|data: &[u8]| {
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    let (frames, error) = decode(std::iter::once(bytes));
    let (again, error_again) = decode(bytes.chunks(usize::from(*size).max(1)));
    assert_eq!(frames, again);
    assert_eq!(error, error_again);
    for frame in &frames {
        let encoded = encode(frame.kind, &frame.payload);
        assert_eq!(decode(std::iter::once(&encoded[..])).0, [frame.clone()]);
        match frame.kind {
            Kind::Artifact | Kind::File => {
                if let Ok((name, content)) = parse_named(&frame.payload) {
                    assert_eq!(named(name, content), frame.payload);
                }
            }
            Kind::Ended => {
                if let Ok(ended) = serde_json::from_slice::<Ended>(&frame.payload) {
                    let text = serde_json::to_vec(&ended).expect("it came from JSON");
                    assert_eq!(
                        serde_json::from_slice::<Ended>(&text).expect("and back"),
                        ended
                    );
                }
            }
            _ => {}
        }
    }
});

//! The wire format between host and guest: one for the wasm workers, the containers and the hosted
//! sandboxes.
//!
//! A frame is a length (4 bytes, big endian; it counts what follows), a kind (1 byte) and a
//! payload. What comes from a guest is hostile: [`Decoder`] holds at most [`MAX_FRAME`] bytes and
//! gives an error for anything else, after which the run is over.

/// The longest frame, kind included, in bytes. A guest writes output in far smaller pieces; only a
/// file, or the answer of a tool, comes near it.
pub const MAX_FRAME: usize = 16 * 1024 * 1024;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// To the guest: the job as JSON ([`crate::session`] has its shape).
    Job = 0x01,
    /// To the guest: an input file; name length (2 bytes, big endian), name, bytes.
    File = 0x02,
    /// To the guest: all of stdin.
    Stdin = 0x03,
    /// To the guest: everything was sent; run.
    Go = 0x04,
    /// To the guest: the answer to a call, `{"id", "ok": data}` or `{"id", "error": refusal}`.
    Answer = 0x05,
    /// From the guest: the code begins to run.
    Started = 0x10,
    /// From the guest: bytes of stdout.
    Stdout = 0x11,
    /// From the guest: bytes of stderr.
    Stderr = 0x12,
    /// From the guest: a call, `{"id", "tool", "arguments"}`.
    Call = 0x13,
    /// From the guest: a file of `/tmp/out`, as [`Kind::File`].
    Artifact = 0x14,
    /// From the guest: the end, as JSON ([`crate::session::Ended`]).
    Ended = 0x15,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::Job,
        Self::File,
        Self::Stdin,
        Self::Go,
        Self::Answer,
        Self::Started,
        Self::Stdout,
        Self::Stderr,
        Self::Call,
        Self::Artifact,
        Self::Ended,
    ];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it holds.
    pub kind: Kind,
    /// The rest.
    pub payload: Vec<u8>,
}

/// What is wrong with bytes that should be frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is 0 or over [`MAX_FRAME`].
    #[error("a frame of {0} bytes")]
    Length(u32),
    /// No frame has this kind.
    #[error("a frame of the unknown kind {0:#04x}")]
    Kind(u8),
    /// A payload is not what its kind promises.
    #[error("a frame whose payload is no {0}")]
    Payload(&'static str),
}

/// The bytes of a frame.
///
/// # Panics
/// Where the payload is over [`MAX_FRAME`]: the host's own parts are bounded long before.
pub fn encode(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(payload.len() + 5);
    encode_into(&mut bytes, kind, payload);
    bytes
}

/// Appends the bytes of a frame.
///
/// # Panics
/// As [`encode`].
pub fn encode_into(bytes: &mut Vec<u8>, kind: Kind, payload: &[u8]) {
    let length = payload.len() + 1;
    assert!(length <= MAX_FRAME, "a frame of {length} bytes");
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.push(kind as u8);
    bytes.extend_from_slice(payload);
}

/// The payload of a frame that carries a named file.
pub fn named(name: &str, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
    let mut payload = Vec::with_capacity(2 + name.len() + bytes.len());
    payload.extend_from_slice(&length.to_be_bytes());
    payload.extend_from_slice(&name.as_bytes()[..usize::from(length)]);
    payload.extend_from_slice(bytes);
    payload
}

/// The name and the bytes of such a payload.
///
/// # Errors
/// It is too short for its name, or the name is no UTF-8.
pub fn parse_named(payload: &[u8]) -> Result<(&str, &[u8]), FrameError> {
    let wrong = FrameError::Payload("named file");
    let (length, rest) = payload.split_first_chunk().ok_or(wrong.clone())?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (name, bytes) = rest.split_at_checked(length).ok_or(wrong.clone())?;
    Ok((str::from_utf8(name).map_err(|_| wrong)?, bytes))
}

/// Takes bytes in any pieces and gives frames.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    read: usize,
}

impl Decoder {
    /// Adds what arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.read > 0 {
            self.bytes.drain(..self.read);
            self.read = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame, if there is one. After an error nothing more can be read.
    ///
    /// # Errors
    /// The bytes are no frame.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let rest = &self.bytes[self.read..];
        let Some((length, rest)) = rest.split_first_chunk() else {
            return Ok(None);
        };
        let announced = u32::from_be_bytes(*length);
        let length = announced as usize;
        if length == 0 || length > MAX_FRAME {
            return Err(FrameError::Length(announced));
        }
        if let Some(byte) = rest.first() {
            // told before its payload is waited for
            Kind::from_byte(*byte).ok_or(FrameError::Kind(*byte))?;
        }
        let Some((frame, _)) = rest.split_at_checked(length) else {
            return Ok(None);
        };
        let kind = Kind::from_byte(frame[0]).ok_or(FrameError::Kind(frame[0]))?;
        let payload = frame[1..].to_vec();
        self.read += 4 + length;
        Ok(Some(Frame { kind, payload }))
    }

    /// Bytes that wait for the rest of their frame.
    pub fn pending(&self) -> usize {
        self.bytes.len() - self.read
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn frames_survive_any_division(
            payloads in prop::collection::vec(
                (0..Kind::ALL.len(), prop::collection::vec(any::<u8>(), 0..300)), 0..8),
            piece in 1usize..64,
        ) {
            let frames: Vec<_> = payloads
                .into_iter()
                .map(|(kind, payload)| Frame { kind: Kind::ALL[kind], payload })
                .collect();
            let bytes: Vec<u8> = frames.iter().flat_map(|f| encode(f.kind, &f.payload)).collect();
            let mut decoder = Decoder::default();
            let mut seen = Vec::new();
            for piece in bytes.chunks(piece) {
                decoder.push(piece);
                while let Some(frame) = decoder.next_frame().unwrap() {
                    seen.push(frame);
                }
            }
            prop_assert_eq!(seen, frames);
            prop_assert_eq!(decoder.pending(), 0);
        }

        #[test]
        fn any_bytes_are_frames_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut decoder = Decoder::default();
            decoder.push(&bytes);
            while let Ok(Some(frame)) = decoder.next_frame() {
                let _ = parse_named(&frame.payload);
            }
        }

        #[test]
        fn named_files_survive(name in "\\PC{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let payload = named(&name, &bytes);
            prop_assert_eq!(parse_named(&payload), Ok((name.as_str(), bytes.as_slice())));
        }
    }

    #[test]
    fn a_hostile_length_is_refused_before_anything_is_kept() {
        for length in [0, u32::MAX, 16 * 1024 * 1024 + 1] {
            let mut decoder = Decoder::default();
            decoder.push(&length.to_be_bytes());
            assert_eq!(decoder.next_frame(), Err(FrameError::Length(length)));
        }
        let mut decoder = Decoder::default();
        decoder.push(&[0, 0, 1, 0, 0x99]);
        assert_eq!(decoder.next_frame(), Err(FrameError::Kind(0x99)));
    }
}

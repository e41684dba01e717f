//! Bytes in, bodies of messages out, whatever the bytes are.
//!
//! A head that is none, or a length that lies, costs the message that it belongs to and no other:
//! reading goes on at the next head. A head inside what was announced as a body is proof that
//! the length lied, because JSON has no place for its line ends.

use memchr::{memchr, memchr2_iter};

/// Longest message that is taken, in bytes of its body. Longer ones are passed over without
/// being kept, and refused.
pub(crate) const MAX_MESSAGE_BYTES: usize = 64 * 1024 * 1024;

/// Longest head, in bytes. What goes on longer is none.
const MAX_HEAD_BYTES: usize = 4 * 1024;

/// How much of what is refused is kept to be looked at, in bytes from its start.
const MAX_EXCERPT_BYTES: usize = 64 * 1024;

/// The same from its end, where some clients write the id of a request or the URI of a document.
const MAX_TAIL_BYTES: usize = 1024;

/// Memory that is kept between messages, in bytes; what a longer one took is given back.
const KEPT_BYTES: usize = 1024 * 1024;

const CONTENT_LENGTH: &[u8] = b"content-length:";

/// What comes out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// A body. It is passed by [`Decoder::pass`] or given up by [`Decoder::give_up`].
    Body(&'a mut [u8]),
    /// A body that is longer than [`MAX_MESSAGE_BYTES`], passed over.
    TooLong {
        /// What its head says, in bytes.
        length: usize,
        /// What of it was kept.
        excerpt: Excerpt,
    },
    /// Bytes between messages that are none.
    Stray {
        /// What of them was kept.
        excerpt: Excerpt,
        /// Whether they follow a body that was given up, and are the rest of its fault.
        is_rest: bool,
    },
}

/// Start and end of something that is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The first bytes.
    pub(crate) start: Vec<u8>,
    /// The last bytes.
    pub(crate) end: Vec<u8>,
}

impl Excerpt {
    /// Of bytes that are there.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut excerpt = Self::default();
        excerpt.push(bytes);
        excerpt
    }

    fn push(&mut self, bytes: &[u8]) {
        let room = MAX_EXCERPT_BYTES - self.start.len();
        self.start
            .extend_from_slice(&bytes[..room.min(bytes.len())]);
        let last = &bytes[bytes.len().saturating_sub(MAX_TAIL_BYTES)..];
        self.end.extend_from_slice(last);
        let surplus = self.end.len().saturating_sub(MAX_TAIL_BYTES);
        self.end.drain(..surplus);
    }

    fn is_blank(&self) -> bool {
        self.start.trim_ascii().is_empty() && self.end.trim_ascii().is_empty()
    }
}

enum State {
    /// A head begins here.
    Head,
    /// A body of `length` bytes; no head begins in the first `searched` of them.
    Body { length: usize, searched: usize },
    /// A body that was handed out. `is_cut` where it ends at a head that is inside of what was
    /// announced.
    Given { length: usize, is_cut: bool },
    /// A body that is passed over, of which `left` bytes are to come.
    TooLong {
        length: usize,
        left: usize,
        excerpt: Excerpt,
    },
    /// No head began where one should have.
    Stray { excerpt: Excerpt, is_rest: bool },
}

/// Cuts a stream into frames. Which, does not depend on how the stream was split.
pub(crate) struct Decoder {
    bytes: Vec<u8>,
    /// Those before are done with.
    start: usize,
    state: State,
    max_message: usize,
}

impl Decoder {
    /// Takes messages of up to `max_message` bytes.
    pub(crate) fn new(max_message: usize) -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            state: State::Head,
            max_message,
        }
    }

    /// Takes more of the stream.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        if self.start == self.bytes.len() {
            self.start = 0;
            if self.bytes.capacity() > KEPT_BYTES {
                self.bytes = Vec::new();
            } else {
                self.bytes.clear();
            }
        } else if self.start > self.bytes.len() / 2 {
            self.bytes.drain(..self.start);
            self.start = 0;
            if self.bytes.capacity() / 2 > KEPT_BYTES.max(self.bytes.len()) {
                self.bytes.shrink_to_fit();
            }
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Memory that is held, in bytes.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.bytes.capacity()
    }

    /// The next frame that is whole.
    pub(crate) fn next_frame(&mut self) -> Option<Frame<'_>> {
        loop {
            let rest = &self.bytes[self.start..];
            match &mut self.state {
                State::Head => match parse_head(rest) {
                    Head::Partial => return None,
                    Head::None => {
                        self.state = State::Stray {
                            excerpt: Excerpt::default(),
                            is_rest: false,
                        };
                    }
                    Head::Whole { bytes, length } => {
                        self.start += bytes;
                        self.state = if length > self.max_message {
                            State::TooLong {
                                length,
                                left: length,
                                excerpt: Excerpt::default(),
                            }
                        } else {
                            State::Body {
                                length,
                                searched: 0,
                            }
                        };
                    }
                },
                State::Body { length, searched } => {
                    // Also where all is there: what is inside may not depend on the split.
                    let body = &rest[..rest.len().min(*length)];
                    let found = if memchr(b'\n', &body[*searched..]).is_some() {
                        find_head(body, *searched)
                    } else {
                        // Every head has a line end.
                        Err(body.len().saturating_sub(MAX_HEAD_BYTES).max(*searched))
                    };
                    let (length, is_cut) = match found {
                        Ok(at) => (at, true),
                        Err(_) if body.len() == *length => (*length, false),
                        Err(at) => {
                            *searched = at;
                            return None;
                        }
                    };
                    self.state = State::Given { length, is_cut };
                    return Some(Frame::Body(
                        &mut self.bytes[self.start..self.start + length],
                    ));
                }
                State::Given { length, .. } => {
                    self.start += *length;
                    self.state = State::Head;
                }
                State::TooLong {
                    length,
                    left,
                    excerpt,
                } => {
                    let body = &rest[..rest.len().min(*left)];
                    let (passed, is_cut) = match find_head(body, 0) {
                        Ok(at) => (at, true),
                        Err(at) => (at, false),
                    };
                    excerpt.push(&body[..passed]);
                    self.start += passed;
                    if !is_cut && body.len() < *left {
                        *left -= passed;
                        return None;
                    }
                    // A head may begin in its last bytes.
                    let is_whole = is_cut || passed == body.len();
                    let (length, excerpt) = (*length, std::mem::take(excerpt));
                    self.state = behind(is_whole);
                    return Some(Frame::TooLong { length, excerpt });
                }
                State::Stray { excerpt, is_rest } => {
                    let (passed, is_whole) = match find_head(rest, 0) {
                        Ok(at) => (at, true),
                        Err(at) => (at, false),
                    };
                    excerpt.push(&rest[..passed]);
                    self.start += passed;
                    if !is_whole {
                        return None;
                    }
                    let (excerpt, is_rest) = (std::mem::take(excerpt), *is_rest);
                    self.state = State::Head;
                    if !excerpt.is_blank() {
                        return Some(Frame::Stray { excerpt, is_rest });
                    }
                }
            }
        }
    }

    /// What is left when the stream has ended in the middle of something.
    pub(crate) fn end(&mut self) -> Option<Excerpt> {
        let rest = &self.bytes[self.start..];
        let mut excerpt = match std::mem::replace(&mut self.state, State::Head) {
            State::TooLong { excerpt, .. } | State::Stray { excerpt, .. } => excerpt,
            _ => Excerpt::default(),
        };
        excerpt.push(rest);
        self.start = self.bytes.len();
        (!excerpt.is_blank()).then_some(excerpt)
    }

    /// Goes on behind the first `used` bytes of the body that was handed out.
    pub(crate) fn pass(&mut self, used: usize) {
        if let State::Given { length, .. } = &mut self.state {
            *length = used.min(*length);
        }
    }

    /// Gives up the body that was handed out, and goes on at the next head. What the body is.
    pub(crate) fn give_up(&mut self) -> Excerpt {
        let State::Given { length, is_cut } = self.state else {
            return Excerpt::default();
        };
        let body = &self.bytes[self.start..self.start + length];
        let excerpt = Excerpt::of(body);
        // A head may begin in its last bytes.
        let (Ok(at) | Err(at)) = find_head(body, 0);
        self.start += if is_cut { length } else { at };
        self.state = behind(is_cut);
        excerpt
    }
}

/// How to go on behind a body that is none: where it ends, or wherever a head is.
fn behind(is_whole: bool) -> State {
    if is_whole {
        return State::Head;
    }
    State::Stray {
        excerpt: Excerpt::default(),
        is_rest: true,
    }
}

enum Head {
    /// More bytes decide.
    Partial,
    /// It is none.
    None,
    /// Its own length and that of the body, in bytes.
    Whole { bytes: usize, length: usize },
}

/// The head at the start of `bytes`: lines of any names in any order, one of which tells the
/// length. Line ends before it are passed over, and `\n` alone will do.
fn parse_head(bytes: &[u8]) -> Head {
    let window = &bytes[..bytes.len().min(MAX_HEAD_BYTES)];
    let (mut at, mut length, mut is_empty) = (0, None, true);
    while let Some(end) = memchr(b'\n', &window[at..]) {
        let line = &window[at..at + end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at += end + 1;
        if line.is_empty() {
            match length {
                Some(length) => return Head::Whole { bytes: at, length },
                None if is_empty => continue,
                None => return Head::None,
            }
        }
        is_empty = false;
        let Some(colon) = memchr(b':', line) else {
            return Head::None;
        };
        let name = &line[..colon];
        if name.is_empty() || !name.iter().all(|byte| is_name(*byte)) {
            return Head::None;
        }
        if line[..=colon].eq_ignore_ascii_case(CONTENT_LENGTH) {
            let Some(value) = number(line[colon + 1..].trim_ascii()) else {
                return Head::None;
            };
            length = Some(value);
        }
    }
    if window.len() < bytes.len() || window.len() == MAX_HEAD_BYTES {
        Head::None
    } else {
        Head::Partial
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Digits alone. More than fit are as many as fit.
fn number(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |number: usize, digit: &u8| {
        let digit = usize::from(digit - b'0');
        number.saturating_mul(10).saturating_add(digit)
    };
    Some(digits.iter().fold(0, add))
}

/// Where the first head begins that begins at `from` or later; else from where to search when
/// more bytes are there.
fn find_head(bytes: &[u8], from: usize) -> Result<usize, usize> {
    for found in memchr2_iter(b'C', b'c', &bytes[from..]) {
        let at = from + found;
        let rest = &bytes[at..];
        let known = rest.len().min(CONTENT_LENGTH.len());
        if !rest[..known].eq_ignore_ascii_case(&CONTENT_LENGTH[..known]) {
            continue;
        }
        match parse_head(rest) {
            Head::Whole { .. } => return Ok(at),
            Head::Partial => return Err(at),
            Head::None => {}
        }
    }
    Err(bytes.len())
}

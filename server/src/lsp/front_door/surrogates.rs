//! Half characters. Editors in JavaScript hold texts with one half of a surrogate pair and write
//! it as `\ud83d`, which serde_json refuses.

/// What stands for half a character. As long as what it replaces, and one UTF-16 code unit as
/// well, so that no column changes.
const REPLACEMENT: &[u8; 6] = b"\\ufffd";

/// Replaces escaped surrogates without a partner. Whether there were any.
pub(super) fn mend(json: &mut [u8]) -> bool {
    let (mut at, mut is_changed) = (0, false);
    while let Some(found) = memchr::memchr(b'\\', &json[at..]) {
        at += found;
        let unit = escaped_unit(&json[at..]);
        let next = json.get(at + 6..).and_then(escaped_unit);
        at += match (unit, next) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
            (Some(0xd800..0xe000), _) => {
                json[at..at + 6].copy_from_slice(REPLACEMENT);
                is_changed = true;
                6
            }
            _ => 2,
        };
        at = at.min(json.len());
    }
    is_changed
}

/// The UTF-16 code unit of an escape, `\uXXXX`, at the start of `bytes`.
fn escaped_unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.get(..6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surrogate_without_its_partner_is_replaced() {
        for (text, expected) in [
            (r#"{"a": "\n ü \u00fc \\"}"#, r#"{"a": "\n ü \u00fc \\"}"#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\uD83D\uDE00""#, r#""\uD83D\uDE00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\n\u0041""#, r#""\ufffd\n\u0041""#),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#),
            // A backslash and letters, no escape.
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            // No JSON at all.
            (r"\ud83", r"\ud83"),
            (r"\uzzzz\ud83d", r"\uzzzz\ufffd"),
            ("\\", "\\"),
        ] {
            let mut bytes = text.as_bytes().to_vec();
            assert_eq!(mend(&mut bytes), text != expected, "{text}");
            assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        }
    }
}

//! Reads a JSON array of strings (RFC 8259), the value form of a multiple choice. Written out because this crate has
//! no serialisation framework, and nothing else of JSON is needed here.

use std::iter::Peekable;
use std::str::Chars;

/// The strings of the array, or `None` when `text` is not exactly one JSON array of strings.
pub(super) fn parse(text: &str) -> Option<Vec<String>> {
    let mut reader = Reader(text.chars().peekable());
    reader.expect('[')?;
    let mut strings = Vec::new();
    if !reader.take(']') {
        strings.push(reader.string()?);
        while reader.take(',') {
            strings.push(reader.string()?);
        }
        reader.expect(']')?;
    }
    reader.skip_blanks();
    reader.0.next().is_none().then_some(strings)
}

struct Reader<'a>(Peekable<Chars<'a>>);

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        while self.0.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some() {}
    }

    /// Whether `wanted` comes next, after blanks; then it is consumed.
    fn take(&mut self, wanted: char) -> bool {
        self.skip_blanks();
        self.0.next_if_eq(&wanted).is_some()
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        self.take(wanted).then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.expect('"')?;
        let mut string = String::new();
        loop {
            match self.0.next()? {
                '"' => return Some(string),
                '\\' => string.push(self.escaped()?),
                '\0'..='\u{1f}' => return None,
                plain => string.push(plain),
            }
        }
    }

    /// The character behind a backslash.
    fn escaped(&mut self) -> Option<char> {
        match self.0.next()? {
            same @ ('"' | '\\' | '/') => Some(same),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => self.unicode(),
            _ => None,
        }
    }

    /// One UTF-16 unit, or two that belong together.
    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        let second = if (0xd800..0xdc00).contains(&first) {
            self.0.next_if_eq(&'\\')?;
            self.0.next_if_eq(&'u')?;
            Some(self.unit()?)
        } else {
            None
        };
        char::decode_utf16(std::iter::once(first).chain(second)).next()?.ok()
    }

    fn unit(&mut self) -> Option<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.0.next()?.to_digit(16)?;
            unit = unit * 16 + u16::try_from(digit).ok()?;
        }
        Some(unit)
    }
}

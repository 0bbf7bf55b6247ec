//! The query text before it is parsed: a scanner that knows strings, comments, brackets and aliases, and nothing else.
//!
//! It must never see less nesting than the parser will: a string without an end is refused here, because the parser
//! would read `"""` as an empty string followed by another one and go on into what looks like text to this scanner.

use super::{ALIASES, BRACKETS, TEXT_BYTES, TOKENS, Unfit};

/// Checks size, token count, bracket nesting and alias count of a query text.
///
/// # Errors
/// The first limit that is passed.
pub fn scan(text: &str) -> Result<(), Unfit> {
    if text.len() > TEXT_BYTES {
        return Err(Unfit::Text);
    }
    let mut scanner = Scanner { rest: text.as_bytes(), open: 0, round: 0, aliases: 0 };
    for _ in 0..=TOKENS {
        if !scanner.step()? {
            return Ok(());
        }
    }
    Err(Unfit::Tokens)
}

struct Scanner<'a> {
    rest: &'a [u8],
    open: usize,
    /// Open round brackets: only outside of them does a colon make an alias.
    round: usize,
    aliases: u64,
}

impl Scanner<'_> {
    /// Goes past the next token. `false` at the end of the text.
    fn step(&mut self) -> Result<bool, Unfit> {
        self.skip_ignored();
        match self.rest {
            [] => return Ok(false),
            [b'{' | b'(' | b'[', ..] => {
                self.open += 1;
                self.round += usize::from(self.rest.starts_with(b"("));
                self.skip(1);
                if self.open > BRACKETS {
                    return Err(Unfit::Brackets);
                }
            }
            [b'}' | b')' | b']', ..] => {
                self.open = self.open.saturating_sub(1);
                self.round = self.round.saturating_sub(usize::from(self.rest.starts_with(b")")));
                self.skip(1);
            }
            [b':', ..] => {
                self.aliases += u64::from(self.round == 0);
                self.skip(1);
                if self.aliases > ALIASES {
                    return Err(Unfit::Aliases);
                }
            }
            [b'"', b'"', b'"', ..] => self.skip_block_string()?,
            [b'"', ..] => self.skip_string()?,
            [first, ..] if is_word(*first) => self.skip_while(is_word),
            _ => self.skip(1),
        }
        Ok(true)
    }

    fn skip_ignored(&mut self) {
        loop {
            match self.rest {
                [b' ' | b'\t' | b'\n' | b'\r' | b',', ..] => self.skip(1),
                [b'#', ..] => self.skip_while(|byte| !matches!(byte, b'\n' | b'\r')),
                _ => return,
            }
        }
    }

    fn skip_string(&mut self) -> Result<(), Unfit> {
        self.skip(1);
        loop {
            match self.rest {
                [] | [b'\n' | b'\r', ..] => return Err(Unfit::EndlessString),
                [b'"', ..] => break self.skip(1),
                [b'\\', _, ..] => self.skip(2),
                _ => self.skip(1),
            }
        }
        Ok(())
    }

    fn skip_block_string(&mut self) -> Result<(), Unfit> {
        self.skip(3);
        loop {
            match self.rest {
                [] => return Err(Unfit::EndlessString),
                [b'"', b'"', b'"', ..] => break self.skip(3),
                [b'\\', b'"', b'"', b'"', ..] => self.skip(4),
                _ => self.skip(1),
            }
        }
        Ok(())
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let length = self.rest.iter().take_while(|byte| wanted(**byte)).count();
        self.skip(length);
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+')
}

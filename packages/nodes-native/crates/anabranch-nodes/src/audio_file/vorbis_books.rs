//! How much memory the codebooks of a Vorbis stream ask for. The decoder makes them as large as the header says, and a
//! header of 30 bytes can ask for terabytes; real ones have some thousand entries.
//!
//! The setup header and its codebooks: Vorbis I specification, 3.2.1 and 4.2.4.

/// Entries of all codebooks.
const MAX_ENTRIES: u64 = 1 << 20;

/// Numbers in the vector tables of all codebooks: 16 MiB.
const MAX_VALUES: u64 = 1 << 22;

/// Whether the codebooks in `headers` (the setup header, with anything before it) are of a size that real ones have. What
/// cannot be read is left to the decoder to refuse: it reads the same bits in the same order.
pub(crate) fn are_books_modest(headers: &[u8]) -> bool {
    let name = b"\x05vorbis";
    let Some(at) = headers.windows(name.len()).position(|bytes| bytes == name) else { return true };
    let mut bits = Bits { bytes: &headers[at + name.len()..], at: 0 };
    let Some(books) = bits.take(8) else { return true };
    let (mut entries, mut values) = (0, 0);
    for _ in 0..=books {
        let Some(book) = read_book(&mut bits) else { return true };
        entries += book.entries;
        values += book.values;
        if entries > MAX_ENTRIES || values > MAX_VALUES {
            return false;
        }
        if book.rest.is_none() {
            return true;
        }
    }
    true
}

struct Book {
    entries: u64,
    values: u64,
    /// `None` where the header ends inside the book.
    rest: Option<()>,
}

/// `None` where the header ends before the size of the book.
fn read_book(bits: &mut Bits<'_>) -> Option<Book> {
    let _sync = bits.take(24)?;
    let dimensions = bits.take(16)?;
    let entries = bits.take(24)?;
    if entries > MAX_ENTRIES {
        return Some(Book { entries, values: 0, rest: None });
    }
    let Some(()) = skip_lengths(bits, entries) else {
        // The decoder stops here too, before it makes the vector table.
        return Some(Book { entries, values: 0, rest: None });
    };
    let lookup = bits.take(4);
    let values = if matches!(lookup, Some(1 | 2)) { entries * dimensions } else { 0 };
    let rest = lookup.and_then(|lookup| skip_lookup(bits, lookup, entries, dimensions));
    Some(Book { entries, values, rest })
}

fn skip_lengths(bits: &mut Bits<'_>, entries: u64) -> Option<()> {
    if bits.take(1)? == 1 {
        bits.take(5)?;
        let mut current = 0;
        while current < entries {
            let left = entries - current;
            current += bits.take(u64::BITS - left.leading_zeros())?;
        }
        return Some(());
    }
    let sparse = bits.take(1)? == 1;
    for _ in 0..entries {
        if !sparse || bits.take(1)? == 1 {
            bits.take(5)?;
        }
    }
    Some(())
}

fn skip_lookup(bits: &mut Bits<'_>, lookup: u64, entries: u64, dimensions: u64) -> Option<()> {
    if lookup == 0 {
        return Some(());
    }
    bits.take(32)?;
    bits.take(32)?;
    let value_bits = bits.take(4)? + 1;
    bits.take(1)?;
    let values = if lookup == 1 { whole_root(entries, dimensions) } else { entries * dimensions };
    bits.skip(values.checked_mul(value_bits)?)
}

/// The largest number whose power of `dimensions` is at most `entries`.
fn whole_root(entries: u64, dimensions: u64) -> u64 {
    let Ok(dimensions) = u32::try_from(dimensions) else { return 0 };
    if dimensions == 0 {
        return 0;
    }
    let mut root: u64 = 1;
    while (root + 1).checked_pow(dimensions).is_some_and(|power| power <= entries) {
        root += 1;
    }
    root
}

/// Bits from the lowest of each byte on.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for bit in 0..count {
            let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            value |= u64::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.bytes.len() as u64 * 8).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of so many bits, from the lowest bit on, behind the name of the setup header.
    fn headers(numbers: &[(u64, u32)]) -> Vec<u8> {
        let (mut bytes, mut bits) = (b"\x05vorbis".to_vec(), 0);
        for (number, count) in numbers {
            for bit in 0..*count {
                if bits % 8 == 0 {
                    bytes.push(0);
                }
                if let Some(last) = bytes.last_mut() {
                    *last |= u8::from(number >> bit & 1 == 1) << (bits % 8);
                }
                bits += 1;
            }
        }
        bytes.extend([0; 64]);
        bytes
    }

    /// A book with ordered lengths: all its entries have the first length.
    fn book(dimensions: u64, entries: u64, lookup: u64) -> Vec<(u64, u32)> {
        let ilog = u64::BITS - entries.leading_zeros();
        let mut numbers =
            vec![(0x0056_4342, 24), (dimensions, 16), (entries, 24), (1, 1), (9, 5), (entries, ilog), (lookup, 4)];
        if lookup > 0 {
            numbers.extend([(0, 32), (0, 32), (0, 4), (0, 1)]);
        }
        if lookup == 1 {
            numbers.extend((0..whole_root(entries, dimensions)).map(|_| (0, 1)));
        }
        numbers
    }

    #[test]
    fn tells_real_books_from_those_that_would_fill_the_memory() {
        for (books, modest) in [
            (vec![book(4, 625, 1), book(1, 8_192, 0)], true),
            (vec![book(65_535, 1 << 16, 1)], false),
            (vec![book(1, (1 << 20) + 1, 0)], false),
            (vec![book(4, 625, 1), book(5, 1_000_000, 1)], false),
            (vec![book(64, 1 << 15, 1); 3], false),
            (vec![book(64, 1 << 15, 1); 2], true),
            (vec![book(65_535, 1 << 16, 0)], true),
        ] {
            let mut numbers = vec![(books.len() as u64 - 1, 8)];
            numbers.extend(books.iter().flatten());
            assert_eq!(are_books_modest(&headers(&numbers)), modest, "{books:?}");
        }
        assert!(are_books_modest(b"no header"));
    }

    #[test]
    fn finds_the_whole_root() {
        for (entries, dimensions, root) in [(625, 4, 5), (624, 4, 4), (8, 3, 2), (7, 3, 1), (100, 1, 100), (5, 0, 0)] {
            assert_eq!(whole_root(entries, dimensions), root);
        }
    }
}

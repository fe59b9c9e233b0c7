//! Reading what somebody else has written, no more of it than can be meant.

use std::io::{self, Read};

/// All bytes of a source that has at most `most`; a longer one is refused when so many were read.
pub fn read_at_most(source: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {most} bytes"),
        ));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_source_is_refused() {
        let read = |most| read_at_most(&mut &b"12345"[..], most).map_err(|cause| cause.kind());
        assert_eq!(read(5), Ok(b"12345".to_vec()));
        assert_eq!(read(4), Err(io::ErrorKind::FileTooLarge));
        // Without an end, as /dev/zero.
        assert!(read_at_most(&mut io::repeat(0), 1 << 16).is_err());
    }
}

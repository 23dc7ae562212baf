//! What is written and not yet passed on.

/// Bytes kept at most: as many as SQLite's own function for Unix writes with one call. It is made for
/// pages, and of a larger number it would keep the lower seventeen bits only.
const BYTES_MAX: usize = 0x1_ffff;

/// Bytes that follow each other in a file.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    at: i64,
    bytes: Vec<u8>,
}

impl Gathered {
    /// Keeps bytes if they follow what is kept, and there is room. Says whether it did.
    pub(crate) fn keep(&mut self, at: i64, bytes: &[u8]) -> bool {
        if BYTES_MAX < self.bytes.len() + bytes.len() {
            return false;
        }
        if self.bytes.is_empty() {
            self.at = at;
        } else if self.end() != Some(at) {
            return false;
        }
        self.bytes.extend_from_slice(bytes);
        true
    }

    /// Where what is kept belongs, and what it is; none when there is nothing.
    pub(crate) fn kept(&self) -> Option<(i64, &[u8])> {
        (!self.bytes.is_empty()).then_some((self.at, &self.bytes))
    }

    /// Keeps nothing, but the room.
    pub(crate) fn forget(&mut self) {
        self.bytes.clear();
    }

    fn end(&self) -> Option<i64> {
        let length = i64::try_from(self.bytes.len()).ok()?;
        self.at.checked_add(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_kept_together_and_nothing_else() {
        let mut gathered = Gathered::default();
        assert_eq!(gathered.kept(), None);
        assert!(gathered.keep(32, b"head"));
        assert!(gathered.keep(36, b"page"));
        assert!(!gathered.keep(41, b"beyond"), "a gap");
        assert!(!gathered.keep(36, b"again"), "written twice");
        assert!(!gathered.keep(0, b"before"));
        assert_eq!(gathered.kept(), Some((32, b"headpage".as_slice())));
        gathered.forget();
        assert_eq!(gathered.kept(), None);
        assert!(gathered.keep(0, b"before"), "it begins anywhere");
        assert_eq!(gathered.kept(), Some((0, b"before".as_slice())));
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut gathered = Gathered::default();
        let most = vec![7; BYTES_MAX];
        assert!(!gathered.keep(0, &vec![7; BYTES_MAX + 1]));
        assert!(gathered.keep(0, &most));
        assert!(!gathered.keep(0x1_ffff, b"x"));
        assert_eq!(gathered.kept(), Some((0, most.as_slice())));
    }

    #[test]
    fn the_end_of_all_offsets_is_no_neighbour() {
        let mut gathered = Gathered::default();
        assert!(gathered.keep(i64::MAX, b"x"));
        assert!(!gathered.keep(i64::MIN, b"x"));
    }
}

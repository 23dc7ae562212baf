//! Which images of others we show: known by their first bytes, never by what they are called, and no
//! larger than a page can use.

/// Pixels that a side of an image has at most: a small file must not unfold into a huge picture.
const SIDE_PIXELS_MAX: u32 = 1_024;

/// The kinds that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Png,
    Jpeg,
    Gif,
}

impl Kind {
    /// What a browser is told.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Kind::Png => "image/png",
            Kind::Jpeg => "image/jpeg",
            Kind::Gif => "image/gif",
        }
    }
}

/// The kind of an image of a reasonable size; `None` for everything else.
pub(super) fn kind_of(bytes: &[u8]) -> Option<Kind> {
    let (kind, (width, height)) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        (Kind::Png, png_size(bytes)?)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        (Kind::Jpeg, jpeg_size(bytes)?)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        (Kind::Gif, gif_size(bytes)?)
    } else {
        return None;
    };
    let fits = |side: u32| (1..=SIDE_PIXELS_MAX).contains(&side);
    (fits(width) && fits(height)).then_some(kind)
}

/// The first chunk says it.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let is_header = bytes.get(12..16)? == b"IHDR";
    let side = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    is_header.then_some((side(16)?, side(20)?))
}

fn gif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let two = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(u32::from(u16::from_le_bytes(two)))
    };
    Some((side(6)?, side(8)?))
}

/// The frame's segment says it; the segments before it are passed over.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let two = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        let marker = two(at)?;
        if marker >> 8 != 0xff {
            return None;
        }
        let is_frame =
            matches!(marker & 0xff, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf);
        if is_frame {
            return Some((u32::from(two(at + 7)?), u32::from(two(at + 5)?)));
        }
        at += 2 + usize::from(two(at + 2)?);
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind_of};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    fn gif(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"GIF89a".to_vec();
        bytes.extend(width.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc2\x00\x11\x08".to_vec();
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes
    }

    #[test]
    fn only_small_images_are_images() {
        let cases: [(Vec<u8>, Option<Kind>); 13] = [
            (png(215, 40), Some(Kind::Png)),
            (png(1_024, 1), Some(Kind::Png)),
            (png(1_025, 1), None),
            (png(0, 40), None),
            (gif(215, 40), Some(Kind::Gif)),
            (gif(215, 4_000), None),
            (jpeg(215, 40), Some(Kind::Jpeg)),
            (jpeg(40_000, 40), None),
            (png(215, 40)[..20].to_vec(), None),
            (b"\xff\xd8\xff".to_vec(), None),
            (b"\xff\xd8\xff\xe0\x00\x00\xff".to_vec(), None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), None),
            (Vec::new(), None),
        ];
        for (bytes, kind) in cases {
            assert_eq!(kind_of(&bytes), kind, "{bytes:?}");
        }
    }
}

//! The versions of the API that are spoken. They differ in the namespace of their replies.

/// A version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// The version of the reference.
    V2008,
    /// Adds `OverrideIPNURL`.
    V2010,
    /// Known from one client alone, which uses nothing new.
    V2011,
}

impl Version {
    /// All of them, oldest first.
    pub const ALL: [Version; 3] = [Version::V2008, Version::V2010, Version::V2011];

    /// The date that names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Version::V2008 => "2008-09-17",
            Version::V2010 => "2010-08-28",
            Version::V2011 => "2011-09-20",
        }
    }

    /// Reads the `Version` parameter.
    pub fn parse(text: &str) -> Option<Version> {
        Version::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// The namespace of its documents; the slash at the end belongs to it.
    pub const fn namespace(self) -> &'static str {
        match self {
            Version::V2008 => "http://fps.amazonaws.com/doc/2008-09-17/",
            Version::V2010 => "http://fps.amazonaws.com/doc/2010-08-28/",
            Version::V2011 => "http://fps.amazonaws.com/doc/2011-09-20/",
        }
    }
}

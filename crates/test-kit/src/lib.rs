//! test-kit.

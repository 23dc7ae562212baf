//! Programs of others: `openssl`, Python with boto, zeep and xmlsec. Their absence is a failure with a way out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the work tree.
fn workspace() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors()
        .nth(2)
        .expect("the crate lies two folders below the root")
        .to_owned()
}

/// The Python that has boto, lxml, xmlsec and zeep.
pub fn python() -> PathBuf {
    let named = std::env::var_os("HOLDFAST_TEST_PYTHON").filter(|path| !path.is_empty());
    let named = named.map(PathBuf::from);
    let python = named.unwrap_or_else(|| workspace().join("target/ci-venv/bin/python"));
    let there = python.is_file();
    assert!(
        there,
        "{} is missing: `.ci/run` installs Python with what the tests need there",
        python.display()
    );
    python
}

/// Runs a program to its end; its failure is the test's.
pub fn run(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    assert!(
        status.success(),
        "{command:?}: {status}\n{stdout}\n{stderr}"
    );
    stdout.into_owned()
}

/// Runs `openssl`; `.ci/run` installs it where it is missing.
pub fn openssl(arguments: &[&str]) -> String {
    run(Command::new("openssl").args(arguments))
}

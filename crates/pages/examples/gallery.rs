//! Writes every page to a folder, to be looked at: `cargo run -p pages --example gallery -- DIR`.

use std::path::PathBuf;
use std::{fs, io};

#[path = "../tests/samples/mod.rs"]
mod samples;

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("say which folder to write to"));
    };
    fs::create_dir_all(&folder)?;
    for (path, content) in [
        (pages::STYLESHEET_PATH, pages::STYLESHEET),
        (pages::LOGO_PATH, pages::LOGO),
    ] {
        fs::write(
            folder.join(path.rsplit('/').next().unwrap_or(path)),
            content,
        )?;
    }
    for (name, document) in samples::all(&str::to_owned) {
        // Opened as a file, a page finds its assets beside it.
        let document = document.replace("\"/assets/", "\"");
        fs::write(folder.join(format!("{name}.html")), document)?;
    }
    Ok(())
}

//! How the story looks on a terminal: headings, steps, and colours only where they show.

use std::io::IsTerminal;

/// A heading.
pub fn heading(number: usize, text: &str) {
    println!();
    println!("{}", paint("1;36", &format!("{number}. {text}")));
}

/// Something that happened.
pub fn step(text: &str) {
    println!("   {text}");
}

/// Something that was checked and is right.
pub fn good(text: &str) {
    println!("   {} {text}", paint("32", "✓"));
}

/// A quotation of a page.
pub fn quote(text: &str) {
    println!("   {}", paint("2", &format!("“{text}”")));
}

/// Text in a colour, on a terminal.
pub fn paint(code: &str, text: &str) -> String {
    if std::io::stdout().is_terminal() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

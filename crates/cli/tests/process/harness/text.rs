//! Percent coding, forms and the string to sign, written from the protocol's description alone: what
//! the server signs is judged by other code than the server's.

/// RFC 3986: everything but letters, digits and `-_.~` is escaped.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let sign = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(sign).collect()
}

/// Undoes form encoding.
pub fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = std::str::from_utf8(&digits).expect("hexadecimal digits");
                u8::from_str_radix(digits, 16).expect("hexadecimal digits")
            }
            plain => plain,
        });
    }
    String::from_utf8(out).expect("UTF-8")
}

/// The pairs of a query or a form, decoded, in their order.
pub fn pairs_of(form: &str) -> Vec<(String, String)> {
    let pieces = form.split('&').filter(|piece| !piece.is_empty());
    let pair = |piece: &str| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (decoded(name), decoded(value))
    };
    pieces.map(pair).collect()
}

/// The value of a name.
pub fn value_of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// The string that a message to `host` and `path` is signed over.
pub fn string_to_sign(verb: &str, host: &str, path: &str, pairs: &[(String, String)]) -> String {
    let mut covered: Vec<&(String, String)> = pairs
        .iter()
        .filter(|(name, _)| name != "signature")
        .collect();
    covered.sort_by(|one, other| one.0.as_bytes().cmp(other.0.as_bytes()));
    let joined: Vec<String> = covered
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    format!("{verb}\n{host}\n{path}\n{}", joined.join("&"))
}

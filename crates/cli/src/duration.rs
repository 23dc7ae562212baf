//! Spans of time as people type them: `8d`, `3h`, `30m`, `10s`, `1d12h`.

/// Reads a span, in milliseconds.
pub fn parse(text: &str) -> Result<i64, String> {
    let bad = || format!("`{text}` is no span of time such as 8d, 3h, 30m or 10s");
    let mut total: i64 = 0;
    let mut number = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let unit_ms: i64 = match letter {
            'd' => 86_400_000,
            'h' => 3_600_000,
            'm' => 60_000,
            's' => 1_000,
            _ => return Err(bad()),
        };
        let count: i64 = number.parse().map_err(|_| bad())?;
        number.clear();
        let span = count.checked_mul(unit_ms).ok_or_else(bad)?;
        total = total.checked_add(span).ok_or_else(bad)?;
    }
    if !number.is_empty() || total == 0 {
        return Err(bad());
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_what_people_type() {
        let cases = [
            ("8d", Some(691_200_000)),
            ("1d12h", Some(129_600_000)),
            ("10s", Some(10_000)),
            ("", None),
            ("5", None),
            ("-1d", None),
            ("0s", None),
            ("9999999999999d", None),
            ("1w", None),
        ];
        for (text, ms) in cases {
            assert_eq!(parse(text).ok(), ms, "{text:?}");
        }
    }
}

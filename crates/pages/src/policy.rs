//! The content-security policy that every page keeps.

/// The value of the `Content-Security-Policy` header.
///
/// Browsers hold a redirect that follows a form to `form-action` too, so a page inside a visit
/// must name the verified origin of its return address (`https://shop.example:8443`). Anything
/// that is not exactly an origin is left out, so it can never add a directive.
pub fn content_security_policy(return_origin: Option<&str>) -> String {
    let mut form_action = String::from("'self'");
    if let Some(origin) = return_origin.filter(|origin| is_origin(origin)) {
        form_action.push(' ');
        form_action.push_str(origin);
    }
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action {form_action}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

fn is_origin(text: &str) -> bool {
    let authority = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    authority.is_some_and(|authority| {
        !authority.is_empty()
            && authority.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']')
            })
    })
}

#[cfg(test)]
mod tests {
    use super::content_security_policy;

    #[test]
    fn only_an_origin_is_added() {
        let bare = content_security_policy(None);
        assert!(bare.contains("form-action 'self'; frame-ancestors 'none'"));
        let with = content_security_policy(Some("https://shop.example:8443"));
        assert!(with.contains("form-action 'self' https://shop.example:8443; "));
        for wrong in [
            "https://a.example; script-src *",
            "javascript:alert(1)",
            "https://",
            "https://a.example/path",
            "https://user@a.example",
            "*",
            "http://a\r\nX: y",
        ] {
            assert_eq!(content_security_policy(Some(wrong)), bare, "{wrong}");
        }
    }
}

//! Cookies: the session's, and one for each visit.
//!
//! Over an encrypted connection their names carry `__Host-`, so that no neighbouring host can plant
//! one. No cookie is readable by scripts or sent with a form that another site posts.

use super::WebRequest;

/// The cookie that holds a session's token.
pub(super) const SESSION: &str = "holdfast-session";
/// The cookie that ties the sign-in form of the console to its browser.
pub(super) const DOOR: &str = "holdfast-door";
/// What the cookies of visits begin with.
const VISIT: &str = "holdfast-visit-";
/// Characters of a visit's id that its cookie is named by.
const VISIT_CHARACTERS: usize = 8;

/// The name of the cookie of a visit.
pub(super) fn of_visit(visit: &str) -> String {
    let short: String = visit.chars().take(VISIT_CHARACTERS).collect();
    format!("{VISIT}{short}")
}

/// A cookie's value, if the browser sent it.
pub(super) fn read<'a>(request: &'a WebRequest, name: &str) -> Option<&'a str> {
    let name = full_name(request, name);
    let mut cookies = request.cookie.split(';').map(str::trim);
    cookies.find_map(|cookie| {
        cookie
            .strip_prefix(name.as_str())
            .and_then(|rest| rest.strip_prefix('='))
    })
}

/// The header that sets a cookie; without a life it ends with the browser.
pub(super) fn set(request: &WebRequest, name: &str, value: &str, life_s: Option<i64>) -> String {
    let name = full_name(request, name);
    let secure = if request.secure { "; Secure" } else { "" };
    let life = life_s.map_or_else(String::new, |life| format!("; Max-Age={life}"));
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{life}")
}

/// The header that removes a cookie.
pub(super) fn remove(request: &WebRequest, name: &str) -> String {
    set(request, name, "", Some(0))
}

fn full_name(request: &WebRequest, name: &str) -> String {
    let prefix = if request.secure { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

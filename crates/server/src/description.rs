//! `/doc/<version>/AmazonFPS.wsdl` and `.xsd`: what the API is, for SOAP toolkits and for people.

use std::sync::Arc;

use hyper::StatusCode;
use wire::{Version, reply, schema};

use crate::app::App;
use crate::dispatch::host;
use crate::http::{self, Received, Reply};

/// Answers when the path is a description's.
pub fn answer(app: &Arc<App>, received: &Received, secure: bool) -> Option<Reply> {
    let path = received.head.uri.path();
    let (version, file) = path.strip_prefix("/doc/")?.split_once('/')?;
    let version = Version::parse(version)?;
    let text = match file {
        "AmazonFPS.wsdl" => schema::wsdl(version, &address(app, received, secure)),
        "AmazonFPS.xsd" => schema::xsd(version),
        _ => return None,
    };
    Some(http::reply(StatusCode::OK, reply::CONTENT_TYPE, text))
}

/// Where clients reach this server: under its first public name, or else as this one did.
fn address(app: &Arc<App>, received: &Received, secure: bool) -> String {
    let scheme = if secure { "https" } else { "http" };
    let named = app.settings.public_names.first().map(String::as_str);
    let name = named.unwrap_or_else(|| host(&received.head));
    if name.is_empty() {
        return format!("{}/", app.own_address.as_deref().unwrap_or_default());
    }
    format!("{scheme}://{name}/")
}

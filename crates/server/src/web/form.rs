//! What a query or a posted form says.

use signing::form::{self, Limits};

use super::WebRequest;

/// Decoded names and values. Where a name repeats, the first counts.
#[derive(Debug, Default)]
pub(super) struct Form {
    pairs: Vec<(String, String)>,
}

/// Whoever sent it was no browser, or nothing that our pages made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadForm;

impl Form {
    /// The query's parameters; nothing when they cannot be read.
    pub(super) fn of_query(request: &WebRequest) -> Form {
        let read = form::parse(request.query.as_bytes(), &Limits::DEFAULT);
        Form::of(read.unwrap_or_default())
    }

    /// The posted form.
    pub(super) fn of_body(request: &WebRequest) -> Result<Form, BadForm> {
        if !request.is_post() || !is_form(request) {
            return Err(BadForm);
        }
        let read = form::parse(&request.body, &Limits::DEFAULT);
        read.map(Form::of).map_err(|_| BadForm)
    }

    fn of(pairs: Vec<form::Pair<'_>>) -> Form {
        let owned = pairs
            .into_iter()
            .map(|(n, v)| (n.into_owned(), v.into_owned()));
        Form {
            pairs: owned.collect(),
        }
    }

    /// A field's value as sent; empty when it is not there.
    pub(super) fn raw(&self, name: &str) -> &str {
        form::value(&self.pairs, name).unwrap_or_default()
    }

    /// A field's value without space around it.
    pub(super) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }
}

/// Whether the body is a form.
pub(super) fn is_form(request: &WebRequest) -> bool {
    let kind = request
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

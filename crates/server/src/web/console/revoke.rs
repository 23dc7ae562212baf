//! Asking once more, and revoking.

use pages::{ErrorPage, RevokeAgreement};
use payments::Refusal;
use payments::TokenId;
use payments::commands::{CancelToken, Canceller};
use store::Outage;

use super::{AGREEMENTS, REVOKE, agreements};
use crate::web::door::Person;
use crate::web::form::Form;
use crate::web::{Host, Served, frame, reply};

/// What would be revoked, and the question.
pub(super) async fn page(host: &dyn Host, person: &Person, query: &Form) -> Served {
    let now = host.store().now().await?.product;
    let wanted = query.get("token");
    let mut tokens = agreements::tokens_of(host, person).await?;
    tokens.retain(|token| token.id().as_str() == wanted && agreements::is_in_force(token, now));
    let seen = agreements::around(host, &tokens).await?;
    let Some(token) = tokens.first() else {
        return Ok(reply::error(host, &ErrorPage::NotFound));
    };
    let page = RevokeAgreement {
        agreement: agreements::agreement(token, &seen, now),
        back_href: AGREEMENTS.to_owned(),
    };
    let frame = frame::of_console(host, Some(&person.account), REVOKE, &person.session.csrf);
    Ok(reply::page(200, page.render(&frame), None))
}

/// Revokes one's own token. To have revoked it before is no error: the form may be posted twice.
pub(super) async fn revoke(host: &dyn Host, person: &Person, form: &Form) -> Served {
    let Ok(token) = TokenId::parse(form.get("token")) else {
        return Ok(reply::forged(host));
    };
    let command = CancelToken {
        by: Canceller::Owner(person.account.key),
        token,
        reason: None,
        ipn_url: None,
    };
    match host.store().submit(command.into()).await? {
        Ok(_) | Err(Refusal::TokenAlreadyCancelled) => Ok(reply::see_other(
            host,
            &format!("{AGREEMENTS}?done=revoked"),
        )),
        Err(Refusal::InvalidToken | Refusal::TokenAccessDenied) => {
            Ok(reply::error(host, &ErrorPage::NotFound))
        }
        Err(other) => Err(Outage::Failed {
            doing: "revoking an agreement",
            reason: format!("{other:?}"),
        }),
    }
}

//! Every reply, byte for byte: the printed ones where the documents print them.

use std::sync::Arc;

use payments::rows::{
    State, Status, StatusCode, Token, TokenConsent, TokenRole, TokenStatus, TokenType,
};
use payments::{AccountKey, CallerReference, Outcome, Timestamp, TokenKey, TransactionId};
use signing::verification::Verdict;
use wire::reply::{self, Balances, TokenView};
use wire::{Action, Reply, Version, WireError, words};

use crate::common::{NOW, REPLY, REQUEST_ID, TRANSACTION, compact, text, transaction, usd};
use crate::details::detail;

fn made(action: Action, request_id: &str, id: &str, status: Status) -> String {
    let id = TransactionId::parse(id).expect("an id");
    let reply = Reply {
        version: Version::V2008,
        request_id,
    };
    text(reply.outcome(action, &Outcome::Transaction { id, status }))
}

#[test]
fn the_printed_replies_of_reserve_and_settle() {
    let reserved = made(
        Action::Reserve,
        "d13273fc-fca8-4963-8fbc-66d03e66055f",
        TRANSACTION,
        Status::Pending,
    );
    assert_eq!(
        reserved,
        compact(
            r#"<ReserveResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
               <ReserveResult>
               <TransactionId>14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22</TransactionId>
               <TransactionStatus>Pending</TransactionStatus>
               </ReserveResult>
               <ResponseMetadata>
               <RequestId>d13273fc-fca8-4963-8fbc-66d03e66055f:0</RequestId>
               </ResponseMetadata>
               </ReserveResponse>"#
        )
    );
    let settled = made(
        Action::Settle,
        "9ed2008b-b230-4ed0-9210-095f77fc2359",
        TRANSACTION,
        Status::Pending,
    );
    assert_eq!(
        settled,
        compact(
            r#"<SettleResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
                 <SettleResult>
                   <TransactionId>14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22</TransactionId>
                   <TransactionStatus>Pending</TransactionStatus>
                 </SettleResult>
                 <ResponseMetadata>
                   <RequestId>9ed2008b-b230-4ed0-9210-095f77fc2359:0</RequestId>
                 </ResponseMetadata>
               </SettleResponse>"#
        )
    );
}

#[test]
fn the_printed_replies_of_the_others() {
    let paid = made(
        Action::Pay,
        REQUEST_ID,
        "14GK6BGKA7U6OU6SUTNLBI5SBBV9PGDJ6UL",
        Status::Pending,
    );
    assert_eq!(
        paid,
        compact(
            r#"<PayResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
                 <PayResult>
                   <TransactionId>14GK6BGKA7U6OU6SUTNLBI5SBBV9PGDJ6UL</TransactionId>
                   <TransactionStatus>Pending</TransactionStatus>
                 </PayResult>
                 <ResponseMetadata>
                   <RequestId>c21e7735-9c08-4cd8-99bf-535a848c79b4:0</RequestId>
                 </ResponseMetadata>
               </PayResponse>"#
        )
    );
    let verified = Reply {
        version: Version::V2008,
        request_id: "197e2085-1ed7-47a2-93d8-d76b452acc74",
    };
    assert_eq!(
        text(verified.verification(Verdict::Success)),
        compact(
            r#"<VerifySignatureResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
                 <VerifySignatureResult><VerificationStatus>Success</VerificationStatus></VerifySignatureResult>
                 <ResponseMetadata><RequestId>197e2085-1ed7-47a2-93d8-d76b452acc74:0</RequestId></ResponseMetadata>
               </VerifySignatureResponse>"#
        )
    );
    let error = WireError::new("InvalidTokenId_Sender", "Sender token is not valid.");
    assert_eq!(
        text(reply::error(&error, "67679d8a-fd87-4e44-b063-32a69bfc3c8b")),
        "<?xml version=\"1.0\"?>\n<Response><Errors><Error><Code>InvalidTokenId_Sender</Code>\
         <Message>Sender token is not valid.</Message></Error></Errors>\
         <RequestID>67679d8a-fd87-4e44-b063-32a69bfc3c8b</RequestID></Response>"
    );
}

#[test]
fn replies_follow_the_version() {
    for version in Version::ALL {
        let reply = Reply {
            version,
            request_id: REQUEST_ID,
        };
        let ended = text(reply.outcome(Action::CancelToken, &Outcome::Done));
        let expected = format!(
            "<?xml version=\"1.0\"?>\n<CancelTokenResponse \
             xmlns=\"http://fps.amazonaws.com/doc/{}/\"><ResponseMetadata>\
             <RequestId>{REQUEST_ID}:0</RequestId></ResponseMetadata></CancelTokenResponse>",
            version.as_str()
        );
        assert_eq!(ended, expected);
    }
}

#[test]
fn the_status_of_a_transaction() {
    let mut shown = transaction();
    shown.code = StatusCode::Canceled;
    shown.state = State::Cancelled;
    let body = text(REPLY.transaction_status(&shown));
    let id = shown.id();
    assert!(body.contains(&format!(
        "<GetTransactionStatusResult><TransactionId>{id}</TransactionId>\
         <TransactionStatus>Cancelled</TransactionStatus>\
         <CallerReference>CallerReference05</CallerReference><StatusCode>Canceled</StatusCode>\
         <StatusMessage>The transaction was explicitly cancelled by the caller.</StatusMessage>\
         </GetTransactionStatusResult>"
    )));
    shown.message = Some("Call <your> bank.".to_owned());
    let body = text(REPLY.transaction_status(&shown));
    assert!(body.contains("<StatusMessage>Call &lt;your&gt; bank.</StatusMessage>"));
}

fn token() -> Token {
    Token {
        successor: None,
        key: TokenKey(9),
        nonce: [3; 31],
        account: AccountKey(2),
        installer: AccountKey(1),
        facts: Arc::new(TokenConsent {
            tally: None,
            replaces: None,
            instruction: None,
            kind: TokenType::MultiUse,
            role: TokenRole::Sender,
            caller_reference: CallerReference::parse("t-1").expect("a reference"),
            friendly_name: Some("Mine".to_owned()),
            payment_reason: Some("Books & more".to_owned()),
            method: None,
            instrument: None,
            installed_at: NOW,
            valid_from: NOW,
            expires_at: NOW.plus_ms(1_000),
            each: None,
            total_max: None,
            limits: Vec::new(),
            recipients: Vec::new(),
            reserve: true,
            terms: None,
            also_caller: false,
        }),
        status: TokenStatus::Active,
        used: usd("0"),
        uses: 0,
        windows: Vec::new(),
        used_at: None,
    }
}

fn shown(token: &Token, now: Timestamp) -> String {
    text(REPLY.token(&TokenView { token, now }))
}

#[test]
fn a_token() {
    let mut token = token();
    let id = token.id();
    let expected = format!(
        r#"<GetTokenByCallerResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
           <GetTokenByCallerResult>
           <Token>
             <TokenId>{id}</TokenId>
             <FriendlyName>Mine</FriendlyName>
             <TokenStatus>Active</TokenStatus>
             <DateInstalled>2009-10-06T07:53:11.750Z</DateInstalled>
             <CallerReference>t-1</CallerReference>
             <TokenType>MultiUse</TokenType>
             <OldTokenId>{id}</OldTokenId>
             <PaymentReason>Books &amp; more</PaymentReason>
           </Token>
           </GetTokenByCallerResult>
           <ResponseMetadata><RequestId>{REQUEST_ID}:0</RequestId></ResponseMetadata>
           </GetTokenByCallerResponse>"#
    );
    assert_eq!(shown(&token, NOW), compact(&expected));
    let inactive = "<TokenStatus>Inactive</TokenStatus>";
    assert!(shown(&token, NOW.plus_ms(1_000)).contains(inactive));
    for status in [TokenStatus::Used, TokenStatus::Cancelled] {
        token.status = status;
        assert!(shown(&token, NOW).contains(inactive));
    }
}

#[test]
fn a_balance() {
    let balances = Balances {
        available: 7_400_000,
        pending_in: 0,
        pending_out: 100_000,
    };
    let amount = |name: &str, value: &str| {
        format!("<{name}><CurrencyCode>USD</CurrencyCode><Value>{value}</Value></{name}>")
    };
    let expected = format!(
        "<GetAccountBalanceResult><AccountBalance>{}{}{}<AvailableBalances>{}{}\
         </AvailableBalances></AccountBalance></GetAccountBalanceResult>",
        amount("TotalBalance", "7.500000"),
        amount("PendingInBalance", "0.000000"),
        amount("PendingOutBalance", "0.100000"),
        amount("DisburseBalance", "7.400000"),
        amount("RefundBalance", "7.400000"),
    );
    assert!(text(REPLY.balance(&balances)).contains(&expected));
    let below = Balances {
        available: -1_500_000,
        pending_in: i64::MAX,
        pending_out: i64::MIN,
    };
    let body = text(REPLY.balance(&below));
    assert!(body.contains(&amount("DisburseBalance", "-1.500000")));
}

/// What one client has attributes for; it refuses every other element.
#[test]
fn no_element_that_a_strict_client_refuses() {
    let transaction = transaction();
    for (body, allowed) in [
        (
            made(Action::Refund, REQUEST_ID, TRANSACTION, Status::Pending),
            "RefundResponse RefundResult TransactionId TransactionStatus",
        ),
        (
            text(REPLY.transaction_status(&transaction)),
            "GetTransactionStatusResponse GetTransactionStatusResult TransactionId \
             TransactionStatus CallerReference StatusCode StatusMessage",
        ),
        (
            detail(&transaction, 1),
            "GetTransactionResponse GetTransactionResult Transaction CallerName CallerDescription \
             CallerReference CreditInstrumentId DateReceived DateCompleted FPSFees FPSFeesPaidBy \
             FPSOperation MarketplaceFees PaymentMethod PrepaidInstrumentId RecipientEmail \
             RecipientName RecipientTokenId RelatedTransaction RelationType TransactionId \
             SenderDescription SenderEmail SenderName SenderTokenId StatusCode StatusHistory Amount \
             Date TransactionStatus StatusMessage TransactionAmount CurrencyCode Value",
        ),
        (
            shown(&token(), NOW),
            "GetTokenByCallerResponse GetTokenByCallerResult Token CallerReference DateInstalled \
             FriendlyName OldTokenId PaymentReason TokenId TokenStatus TokenType",
        ),
    ] {
        let allowed: Vec<_> = allowed.split_whitespace().collect();
        let (_, document) = body.split_once('\n').expect("a declaration");
        for piece in document.split('<').skip(1) {
            let name = piece.trim_start_matches('/').split(['>', ' ']).next();
            let name = name.expect("a name");
            let metadata = ["ResponseMetadata", "RequestId"].contains(&name);
            assert!(metadata || allowed.contains(&name), "{name} in {body}");
        }
        assert!(!document.contains("/>") && !document.contains("> <"));
        assert!(!document.contains('\n'));
    }
}

/// The two expressions by which old clients read an error: `<Error><Code>(.*)</Code><Message>(.*)
/// </Message></Error>`, and `<RequestID>(.*)</RequestID>` on the same line.
#[test]
fn an_error_is_one_line() {
    for message in [
        "plain",
        "two\r\nlines\u{85}and\u{0}more",
        "</Message><Code>&amp;",
        "",
    ] {
        let body = text(reply::error(
            &WireError::invalid_params(message),
            REQUEST_ID,
        ));
        assert!(body.starts_with('<'));
        let line = body.lines().nth(1).expect("one line after the declaration");
        assert_eq!(body.lines().count(), 2, "{body}");
        let rest =
            line.strip_prefix("<Response><Errors><Error><Code>InvalidParams</Code><Message>");
        let rest = rest.expect("the code comes first");
        let (said, rest) = rest
            .split_once("</Message></Error></Errors>")
            .expect("a message");
        assert!(!said.contains('<') && !said.contains(char::is_control));
        assert_eq!(
            rest,
            format!("<RequestID>{REQUEST_ID}</RequestID></Response>")
        );
    }
}

#[test]
fn every_status_has_its_sentence() {
    let codes = (1..=6).filter_map(StatusCode::from_number);
    for code in codes {
        for status in (1..=5).filter_map(Status::from_number) {
            assert!(words::status_sentence(status, code).ends_with('.'));
        }
        assert!(!words::status_code(code).is_empty());
    }
    assert_eq!(
        words::status_message(Status::Failure, StatusCode::TransactionDenied, Some("")),
        "The transaction was denied by the payment processor."
    );
}

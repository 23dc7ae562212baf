//! What requests for instruments, recurring payments and edits are taken.

use super::requests::check;

#[test]
fn requests_for_instruments_are_checked() {
    let long = "x".repeat(129);
    check(
        &[
            ("pipelineName", "SetupPrepaid"),
            ("callerReferenceSender", "one"),
            ("callerReferenceFunding", "two"),
            ("fundingAmount", "50.00"),
        ],
        &[
            // A client of 2007 names the amount otherwise.
            (&[("fundingAmount", ""), ("transactionAmount", "50")], &[]),
            (&[("fundingAmount", "")], &["fundingAmount"]),
            (&[("fundingAmount", "0")], &["fundingAmount"]),
            (&[("fundingAmount", "1.005")], &["fundingAmount"]),
            (&[("callerReferenceSender", "")], &["callerReferenceSender"]),
            (
                &[("callerReferenceFunding", &long)],
                &["callerReferenceFunding"],
            ),
            (&[("validityStart", "soon")], &["validityStart"]),
        ],
    );
    check(
        &[
            ("pipelineName", "SetupPostpaid"),
            ("callerReferenceSender", "one"),
            ("callerReferenceSettlement", "two"),
            ("creditLimit", "75"),
            ("globalAmountLimit", "300"),
        ],
        &[
            (
                &[("usageLimitType1", "Amount"), ("usageLimitValue1", "20")],
                &[],
            ),
            (&[("creditLimit", "")], &["creditLimit"]),
            (&[("creditLimit", "much")], &["creditLimit"]),
            (&[("globalAmountLimit", "")], &["globalAmountLimit"]),
            (
                &[("callerReferenceSettlement", "")],
                &["callerReferenceSettlement"],
            ),
            (&[("usageLimitType1", "Amount")], &["usageLimitValue1"]),
        ],
    );
}

#[test]
fn recurring_and_edit_requests_are_checked() {
    let token = "T".repeat(64);
    check(
        &[
            ("pipelineName", "Recurring"),
            ("callerReference", "paper"),
            ("transactionAmount", "9.99"),
            ("recurringPeriod", "1 Month"),
        ],
        &[
            (&[("recurringPeriod", "2 weeks")], &[]),
            (&[("recurringPeriod", "")], &["recurringPeriod"]),
            (&[("recurringPeriod", "often")], &["recurringPeriod"]),
            (&[("transactionAmount", "10000.01")], &["transactionAmount"]),
            (&[("isRecipientCobranding", "True")], &["recipientToken"]),
        ],
    );
    check(
        &[
            ("pipelineName", "EditToken"),
            ("callerReference", "edit"),
            ("tokenId", &token),
        ],
        &[
            (&[("tokenId", ""), ("tokenID", &token)], &[]),
            (&[("tokenId", "")], &["tokenId"]),
            (&[("tokenId", "short")], &["tokenId"]),
            (&[("tokenId", ""), ("tokenID", "short")], &["tokenID"]),
            (&[("callerReference", "")], &["callerReference"]),
        ],
    );
}

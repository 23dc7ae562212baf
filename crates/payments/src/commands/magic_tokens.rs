//! Token ids that a sandbox refuses in a certain way, so that callers can try how they take it. They
//! are printed in the documents; no token of ours ever has one of them.

use crate::refusal::Party;
use crate::{Mode, Refusal, TokenId};

const SENDER_UNVERIFIED: &str = "E3FR7BARJV3PB631PMKV74PGKCJLBHI1Q1KMQN7BJ2JJICPDKN3N1CJIKFZ8D7NN";
const SENDER_SUSPENDED: &str = "H216UECZ8ZM1G8G4QA3V7RKF8JDFZ9SI3SJAFSGUKBBNDHX1NVM8GUQRZNRNAHER";
const SENDER_CLOSED: &str = "Z1LGRXR4HMDZBSFKXELA32KZASGWD8IHMHZCK4DETR784LDLD1GMFW4P3WT8VTGX";
const RECIPIENT_UNVERIFIED: &str =
    "C4LGSEMXN11FTUXZ2X2C7QVFHN5DVBGQJNF17AIQXXXQSX4DRG4KJFCN2KRFUUZI";
const RECIPIENT_SUSPENDED: &str =
    "R3VK49XVGCAZTJSXKN7ZSBHPMFGKM5VEEQTXGMVE8CFUZ2G5RLLMAB4J6TQRL6BU";
const RECIPIENT_CLOSED: &str = "P1LL7A1LHK935DBGI5NAYCXOCLVEBHBNIU7PBXBAMRKKNLDEPI8M3MUSLZT2VANZ";

/// The refusal that a sandbox gives to one of these ids in the role it is printed for.
pub(super) fn check(id: &TokenId, party: Party, mode: Mode) -> Result<(), Refusal> {
    if mode != Mode::Sandbox {
        return Ok(());
    }
    match (party, id.as_str()) {
        (Party::Sender, SENDER_UNVERIFIED) | (Party::Recipient, RECIPIENT_UNVERIFIED) => {
            Err(Refusal::UnverifiedEmailAddress(party))
        }
        (Party::Sender, SENDER_SUSPENDED | SENDER_CLOSED)
        | (Party::Recipient, RECIPIENT_SUSPENDED | RECIPIENT_CLOSED) => {
            Err(Refusal::InvalidAccountState(party))
        }
        (Party::Caller | Party::Sender | Party::Recipient, _) => Ok(()),
    }
}

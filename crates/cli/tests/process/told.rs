//! Notifications that are not taken: they come again, byte for byte, in order.

use std::time::Duration;

use crate::harness::{Folder, Options, Receiver, Server, wait};

/// How long a try may take once its time has come.
const TRY_MAX: Duration = Duration::from_secs(15);

#[test]
fn a_refused_notification_comes_again_byte_for_byte() {
    let folder = Folder::new("told");
    let receiver = Receiver::start();
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(Some(&receiver.url("/ipn?a=b")));
    receiver.answer_next(&[500, 302]);
    let id = caller.reserved("one", "10.00");

    // The schedule is kept in product time, which the sandbox moves.
    let tries = |count: usize| {
        wait::until("another try", TRY_MAX, || {
            (count <= receiver.all().len()).then_some(())
        });
    };
    tries(1);
    for count in 2..=3 {
        server.json(&["clock", "advance", "5m"]);
        tries(count);
    }
    receiver.wait_for(&id, "RESERVE", "RESERVED");
    let all = receiver.all();
    let (pending, later) = all.split_at(3);
    for one in pending {
        assert!(one.says(&id, "RESERVE", "PENDING"), "{one:?}");
        assert_eq!((&one.body, &one.target), (&all[0].body, &all[0].target));
        assert_eq!(one.header("webhook-id"), all[0].header("webhook-id"));
        assert!(
            one.header("webhook-signature").starts_with("v1,"),
            "{one:?}"
        );
    }
    assert!(
        later.iter().all(|one| one.says(&id, "RESERVE", "RESERVED")),
        "{later:?}"
    );

    let listed = wait::until("the last try to be written down", TRY_MAX, || {
        let listed = server.json(&["notification", "list", &id]);
        (listed[0]["delivery"] == "Delivered").then_some(listed)
    });
    let attempts = listed[0]["attempts"].as_array().expect("attempts");
    let statuses: Vec<_> = attempts
        .iter()
        .map(|one| one["http_status"].as_u64())
        .collect();
    assert_eq!(statuses, [Some(500), Some(302), Some(200)]);
}

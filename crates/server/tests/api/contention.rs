//! Others change the same rows at every try: nothing is done, and the same request may be sent again.
//!
//! Only books that several nodes write can contend. A trigger in the database stands for the other
//! nodes: it fails every new transaction as a lost race, as long as it is there.

use server::config::Flags;
use wire::Action;

use crate::kit::{Scene, Wire};

const CONTEND: &str = "CREATE FUNCTION contend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    RAISE EXCEPTION 'somebody was first' USING ERRCODE = 'serialization_failure'; END $$; \
    CREATE TRIGGER contend BEFORE INSERT ON transactions FOR EACH ROW EXECUTE FUNCTION contend()";

#[test]
fn what_loses_every_race_may_be_sent_again() {
    let url = test_kit::postgres::database();
    let flags = Flags {
        database: Some(url.clone()),
        ..Flags::default()
    };
    let shared = server::config::Settings::load_with(&flags, &|_| None).expect("usual settings");
    let mut scene = Scene::with_settings(|settings| settings.database = shared.database);
    for wire in [Wire::Query, Wire::Soap] {
        scene.wire = wire;
        // Whatever comes first has its rows by now.
        scene.paid();
        test_kit::postgres::rows(&url, CONTEND);
        let asked = scene.payment();
        let reply = scene.ask(Action::Pay, &asked);
        reply.refused("ConcurrentModification");
        assert!(
            reply.message().contains("Nothing was done"),
            "{}",
            reply.body
        );
        test_kit::postgres::rows(&url, "DROP FUNCTION contend() CASCADE");
        let id = scene.ask(Action::Pay, &asked).transaction();
        scene.wait_for(&id, "Success");
    }
}

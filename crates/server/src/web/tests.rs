//! The pages over a store in memory, driven as a browser would.

pub(in crate::web) mod browser;
pub(in crate::web) mod world;

use browser::Browser;
use world::World;

#[tokio::test]
async fn every_page_has_the_headers_that_keep_it_safe() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    for path in [
        "/",
        "/console/sign-in",
        "/console/sign-up",
        "/cobranded-ui/visit",
    ] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}");
        }
    }
}

#[tokio::test]
async fn assets_are_served_for_long_and_other_paths_are_nobodys() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    for path in [pages::STYLESHEET_PATH, pages::LOGO_PATH] {
        let asset = browser.get(path).await;
        assert_eq!(asset.status, 200);
        assert!(asset.header("cache-control").unwrap().contains("immutable"));
    }
    assert!(browser.try_get("/nothing").await.is_none());
    assert_eq!(browser.get("/console/nothing").await.status, 404);
    assert_eq!(browser.get("/console").await.location(), "/console/");
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    let query = "x".repeat(super::QUERY_BYTES_MAX + 1);
    let page = browser
        .get(&format!("/cobranded-ui/actions/start?{query}"))
        .await;
    assert_eq!(page.status, 413);
    let long = "x".repeat(super::FORM_BYTES_MAX + 1);
    assert_eq!(
        browser
            .post("/console/", &[("a", long.as_str())])
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn cookies_are_locked_to_an_encrypted_host() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    let plain = browser.get("/console/sign-in").await;
    let cookie = plain.header("set-cookie").unwrap();
    assert!(cookie.starts_with("holdfast-door="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    browser.secure = true;
    let encrypted = browser.get("/console/sign-in").await;
    let cookie = encrypted.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-holdfast-door="), "{cookie}");
    assert!(cookie.contains("; Secure"), "{cookie}");
}

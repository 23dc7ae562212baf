//! By day and by night: every word can be read on what it stands on.

use serde_json::{Value, json};

use super::Scene;
use super::consent::order;
use super::look::Look;
use super::person::{ADDRESS, CONFIRM, PAYMENT, SIGN_IN};

/// Words whose contrast with their background is below what the accessibility guidelines ask of text
/// (4.5 to 1), and how bright the page's own background is.
const FAINT: &str = "
    const parts = text => {
        const numbers = text.match(/[\\d.]+/g).map(Number);
        const scale = text.startsWith('color(srgb') ? 255 : 1;
        return { rgb: numbers.slice(0, 3).map(part => part * scale), alpha: numbers[3] ?? 1 };
    };
    const light = rgb => {
        const [r, g, b] = rgb.map(part => {
            const share = part / 255;
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const { rgb, alpha } = parts(getComputedStyle(at).backgroundColor);
            if (alpha === 1) return light(rgb);
        }
        return light([255, 255, 255]);
    };
    const faint = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].filter(node => node.nodeType === 3);
        const words = own.map(node => node.textContent.trim()).join(' ').trim();
        const box = element.getBoundingClientRect();
        if (!words || box.width < 2 || box.height < 2 || element.disabled) continue;
        const [one, other] = [light(parts(getComputedStyle(element).color).rgb), behind(element)];
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (ratio < 4.5) faint.push(words + ': ' + ratio.toFixed(2));
    }
    return { faint, light: behind(document.body) };
";

fn readable(scene: &Scene, page: &str, dark: bool) {
    scene.browser.shows(page);
    let asked = json!({ "script": FAINT, "args": [] });
    let found = scene.browser.tell("/execute/sync", &asked);
    assert_eq!(found["faint"], Value::Array(Vec::new()), "{page}");
    let light = found["light"].as_f64().expect("a brightness");
    assert_eq!(light < 0.5, dark, "{page}: {light}");
    if dark {
        let name = page.split_whitespace().next().unwrap_or("page");
        scene
            .browser
            .picture(&format!("dark-{}", name.to_lowercase()));
    }
}

#[test]
fn every_word_can_be_read_by_day_and_by_night() {
    for (name, look, scheme) in [
        ("day", Look::DESKTOP, "light"),
        ("night", Look::DESKTOP, "dark"),
        ("night-phone", Look::PHONE, "dark"),
    ] {
        let scene = Scene::set(name, look);
        let browser = &scene.browser;
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        let media = json!({ "features": [feature] });
        browser.developer("Emulation.setEmulatedMedia", &media);
        let dark = scheme == "dark";
        scene.send(&order(&scene.caller, "order-1001"));
        readable(&scene, SIGN_IN, dark);
        browser.sign_up_as_ada();
        readable(&scene, PAYMENT, dark);
        browser.press("add-card");
        crate::harness::wait::until("the errors", super::driver::PAGE_MAX, || {
            browser.has(".errors[role=alert]").then_some(())
        });
        readable(&scene, PAYMENT, dark);
        browser.add_card();
        readable(&scene, ADDRESS, dark);
        browser.give_address();
        readable(&scene, CONFIRM, dark);
    }
}

//! The master key file: made once, kept to its owner, refused otherwise.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use vault::{BadKey, FileError, MasterKey, Purpose, load_or_create};

/// A path in an empty folder of that name.
fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an earlier run's folder can go");
    }
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder.join("master.key")
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the file is ours");
}

#[test]
fn the_file_is_made_once_and_kept_private() {
    let path = fresh("made_once");
    let made = load_or_create(&path, [1; 32]).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside the file: {left:?}");
    let content = fs::read_to_string(&path).unwrap();

    let sealed = made.seal(Purpose::CardNumber, 1, b"x", [0; 12]);
    let again = load_or_create(&path, [2; 32]).unwrap();
    assert_eq!(
        again.open(Purpose::CardNumber, 1, sealed.as_ref()).unwrap(),
        b"x"
    );
    assert!(!again.needs_rotation(sealed.as_ref()));
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        content,
        "an existing file is left alone"
    );
}

#[test]
fn a_second_line_is_a_retired_key() {
    let path = fresh("second_line");
    let old = load_or_create(&path, [1; 32]).unwrap();
    let sealed = old.seal(Purpose::CardNumber, 1, b"x", [0; 12]);
    let lines = format!(
        "{}\n{}",
        "02".repeat(32),
        fs::read_to_string(&path).unwrap()
    );
    fs::write(&path, lines).unwrap();
    let both = load_or_create(&path, [3; 32]).unwrap();
    assert!(both.needs_rotation(sealed.as_ref()));
    assert_eq!(
        both.open(Purpose::CardNumber, 1, sealed.as_ref()).unwrap(),
        b"x"
    );
    let anew = both.seal(Purpose::CardNumber, 1, b"x", [0; 12]);
    assert_eq!(anew.as_ref()[0], MasterKey::new([2; 32]).id());
}

#[test]
fn a_file_that_others_may_touch_is_refused() {
    let path = fresh("exposed");
    load_or_create(&path, [1; 32]).unwrap();
    for exposed in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o666] {
        set_mode(&path, exposed);
        let refused = load_or_create(&path, [1; 32]).unwrap_err();
        assert!(matches!(refused, FileError::Exposed { mode, .. } if mode == exposed));
        let said = refused.to_string();
        assert!(
            said.contains(&format!("{exposed:04o}")) && said.contains("chmod 600"),
            "{said}"
        );
    }
    for private in [0o600, 0o400] {
        set_mode(&path, private);
        assert!(load_or_create(&path, [1; 32]).is_ok(), "{private:o}");
    }
}

#[test]
fn other_contents_are_refused_and_left_alone() {
    let path = fresh("contents");
    for (content, want) in [
        ("", BadKey::Missing),
        ("hello\n", BadKey::NotAKey),
        ("AAEC", BadKey::NotAKey),
    ] {
        fs::write(&path, content).unwrap();
        set_mode(&path, 0o600);
        let refused = load_or_create(&path, [1; 32]).unwrap_err();
        assert!(matches!(&refused, FileError::Content { source, .. } if *source == want));
        assert!(
            !format!("{refused:?}").contains("hello"),
            "the content is not repeated"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    fs::write(&path, "x".repeat(70_000)).unwrap();
    assert!(matches!(
        load_or_create(&path, [1; 32]),
        Err(FileError::TooLong { .. })
    ));
    let folder = path.parent().unwrap();
    assert!(matches!(
        load_or_create(folder, [1; 32]),
        Err(FileError::NotAFile { .. })
    ));
    let nowhere = folder.join("missing").join("master.key");
    assert!(matches!(
        load_or_create(&nowhere, [1; 32]),
        Err(FileError::Create { .. })
    ));
}

#[test]
fn processes_that_start_together_agree_on_one_key() {
    let path = fresh("together");
    let ids: Vec<u8> = std::thread::scope(|scope| {
        let start = |fill: u8| {
            let path = &path;
            scope.spawn(move || load_or_create(path, [fill; 32]).expect("each start gets a key"))
        };
        let starts: Vec<_> = (1..9).map(start).collect();
        let keys = starts.into_iter().map(|one| one.join().expect("no panic"));
        keys.map(|keys| keys.seal(Purpose::CardNumber, 1, b"", [0; 12]).as_ref()[0])
            .collect()
    });
    let held = load_or_create(&path, [9; 32])
        .unwrap()
        .seal(Purpose::CardNumber, 1, b"", [0; 12]);
    assert_eq!(ids.len(), 8);
    assert!(ids.iter().all(|id| *id == held.as_ref()[0]), "{ids:?}");
}

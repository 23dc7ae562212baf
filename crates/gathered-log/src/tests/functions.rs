//! The functions by themselves, over a file in memory that can be made to fail.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers of these tests are small, and SQLite wants them signed"
)]

use std::ffi::{c_int, c_void};
use std::ptr;

use proptest::prelude::*;
use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods};

use crate::log::gather;

/// A system's file: what it holds, and what it was asked.
#[repr(C)]
struct File {
    base: sqlite3_file,
    bytes: Vec<u8>,
    calls: Vec<&'static str>,
    write_fails: bool,
}

const SYSTEM: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: None,
    xUnlock: None,
    xCheckReservedLock: None,
    xFileControl: None,
    xSectorSize: None,
    xDeviceCharacteristics: None,
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

unsafe fn called<'f>(file: *mut sqlite3_file, name: &'static str) -> &'f mut File {
    // SAFETY: every file of these tests is a `File`.
    let file = unsafe { &mut *file.cast::<File>() };
    file.calls.push(name);
    file
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    unsafe { called(file, "close") };
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    let file = unsafe { called(file, "read") };
    let into = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), count as usize) };
    let known = file.bytes.iter().copied().chain(std::iter::repeat(0));
    for (to, from) in into.iter_mut().zip(known.skip(at as usize)) {
        *to = from;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    let file = unsafe { called(file, "write") };
    if file.write_fails {
        return ffi::SQLITE_FULL;
    }
    let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), count as usize) };
    put(&mut file.bytes, at as usize, bytes);
    ffi::SQLITE_OK
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, to: sqlite3_int64) -> c_int {
    unsafe { called(file, "truncate") }
        .bytes
        .truncate(to as usize);
    ffi::SQLITE_OK
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    unsafe { called(file, "sync") };
    ffi::SQLITE_OK
}

unsafe extern "C" fn size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    unsafe { *size = called(file, "size").bytes.len() as sqlite3_int64 };
    ffi::SQLITE_OK
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    file.resize(file.len().max(end), 0);
    file[at..end].copy_from_slice(bytes);
}

/// An open log over such a file, called as SQLite calls it.
struct Log(Box<File>);

impl Log {
    fn open() -> Log {
        let mut file = Box::new(File {
            base: sqlite3_file {
                pMethods: ptr::from_ref(&SYSTEM),
            },
            bytes: Vec::new(),
            calls: Vec::new(),
            write_fails: false,
        });
        unsafe { gather(ptr::from_mut(&mut *file).cast()) };
        Log(file)
    }

    fn call<F>(
        &mut self,
        function: impl FnOnce(&sqlite3_io_methods) -> Option<F>,
        call: impl FnOnce(F, *mut sqlite3_file) -> c_int,
    ) -> c_int {
        let function = function(unsafe { &*self.0.base.pMethods }).expect("a function");
        call(function, ptr::from_mut(&mut *self.0).cast())
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> c_int {
        let (count, at) = (bytes.len() as c_int, at as sqlite3_int64);
        self.call(
            |table| table.xWrite,
            |write, file| unsafe { write(file, bytes.as_ptr().cast(), count, at) },
        )
    }

    fn read(&mut self, at: usize, count: usize) -> Vec<u8> {
        let mut into = vec![0; count];
        let to = into.as_mut_ptr().cast();
        let done = self.call(
            |table| table.xRead,
            |read, file| unsafe { read(file, to, count as c_int, at as sqlite3_int64) },
        );
        assert_eq!(done, ffi::SQLITE_OK);
        into
    }

    fn sync(&mut self) -> c_int {
        self.call(|table| table.xSync, |sync, file| unsafe { sync(file, 2) })
    }

    fn truncate(&mut self, to: usize) {
        let to = to as sqlite3_int64;
        let cut = self.call(
            |table| table.xTruncate,
            |cut, file| unsafe { cut(file, to) },
        );
        assert_eq!(cut, ffi::SQLITE_OK);
    }

    fn size(&mut self) -> usize {
        let mut size = 0;
        let told = self.call(
            |table| table.xFileSize,
            |tell, file| unsafe { tell(file, &raw mut size) },
        );
        assert_eq!(told, ffi::SQLITE_OK);
        size as usize
    }

    fn close(mut self) -> File {
        let closed = self.call(|table| table.xClose, |close, file| unsafe { close(file) });
        assert_eq!(closed, ffi::SQLITE_OK);
        *self.0
    }
}

#[test]
fn all_is_written_in_one_call_before_the_flush() {
    let mut log = Log::open();
    for (at, bytes) in [(0, "head"), (4, "frame"), (9, "page")] {
        assert_eq!(log.write(at, bytes.as_bytes()), ffi::SQLITE_OK);
    }
    assert!(log.0.calls.is_empty());
    assert_eq!(log.sync(), ffi::SQLITE_OK);
    assert_eq!(log.0.calls, ["write", "sync"]);
    assert_eq!(log.0.bytes, b"headframepage");
    assert_eq!(log.sync(), ffi::SQLITE_OK);
    assert_eq!(log.0.calls, ["write", "sync", "sync"]);
    assert_eq!(log.close().calls, ["write", "sync", "sync", "close"]);
}

#[test]
fn a_write_that_fails_fails_the_flush_and_is_forgotten() {
    let mut log = Log::open();
    log.0.write_fails = true;
    assert_eq!(log.write(0, b"lost"), ffi::SQLITE_OK);
    assert_eq!(log.sync(), ffi::SQLITE_FULL);
    assert_eq!(
        log.0.calls,
        ["write"],
        "what was not written is not flushed"
    );
    log.0.write_fails = false;
    assert_eq!(log.write(0, b"new"), ffi::SQLITE_OK);
    assert_eq!(log.sync(), ffi::SQLITE_OK);
    assert_eq!(log.0.bytes, b"new");
}

#[test]
fn a_write_that_fails_fails_the_next_one_elsewhere() {
    let mut log = Log::open();
    log.0.write_fails = true;
    assert_eq!(log.write(0, b"lost"), ffi::SQLITE_OK);
    assert_eq!(log.write(100, b"elsewhere"), ffi::SQLITE_FULL);
    log.0.write_fails = false;
    assert_eq!(log.sync(), ffi::SQLITE_OK);
    assert!(log.0.bytes.is_empty(), "neither was accepted");
}

#[test]
fn one_larger_than_all_room_goes_straight_through() {
    let mut log = Log::open();
    let large = vec![7; 200 * 1_024];
    assert_eq!(log.write(0, b"small"), ffi::SQLITE_OK);
    assert_eq!(log.write(5, &large), ffi::SQLITE_OK);
    assert_eq!(log.0.calls, ["write", "write"]);
    assert_eq!(log.write(5 + large.len(), b"small"), ffi::SQLITE_OK);
    assert_eq!(log.close().bytes.len(), large.len() + 10);
}

/// What SQLite may do with a log.
#[derive(Debug, Clone)]
enum Step {
    Write(usize, Vec<u8>),
    Append(Vec<u8>),
    Read(usize, usize),
    Truncate(usize),
    Size,
    Sync,
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..40);
    prop_oneof![
        2 => (0..200_usize, bytes()).prop_map(|(at, bytes)| Step::Write(at, bytes)),
        6 => bytes().prop_map(Step::Append),
        1 => (0..200_usize, 0..60_usize).prop_map(|(at, count)| Step::Read(at, count)),
        1 => (0..200_usize).prop_map(Step::Truncate),
        1 => Just(Step::Size),
        1 => Just(Step::Sync),
    ]
}

proptest! {
    #[test]
    fn it_is_a_file_like_any_other(steps in prop::collection::vec(step(), 0..60)) {
        let mut log = Log::open();
        let mut model = Vec::new();
        for step in steps {
            match step {
                Step::Write(at, bytes) => {
                    prop_assert_eq!(log.write(at, &bytes), ffi::SQLITE_OK);
                    put(&mut model, at, &bytes);
                }
                Step::Append(bytes) => {
                    prop_assert_eq!(log.write(model.len(), &bytes), ffi::SQLITE_OK);
                    model.extend_from_slice(&bytes);
                }
                Step::Read(at, count) => {
                    let known = model.iter().copied().chain(std::iter::repeat(0));
                    let right: Vec<u8> = known.skip(at).take(count).collect();
                    prop_assert_eq!(log.read(at, count), right);
                }
                Step::Truncate(to) => {
                    log.truncate(to);
                    model.truncate(to);
                }
                Step::Size => prop_assert_eq!(log.size(), model.len()),
                Step::Sync => {
                    prop_assert_eq!(log.sync(), ffi::SQLITE_OK);
                    prop_assert_eq!(&log.0.bytes, &model);
                }
            }
        }
        prop_assert_eq!(log.close().bytes, model);
    }
}
